//! The Helm chart: its values are where services, calls and databases stand.

use crate::files::{entries, read, root, texts, yaml};
use crate::system::{calls, keepers, names};

#[test]
fn the_chart_has_every_service_with_its_calls_and_its_database() {
    let values = yaml("deploy/helm/emart/values.yaml");
    let calls = calls();
    let listed = names(entries(&values["services"]).map(|(name, _)| name));
    assert_eq!(listed, calls.keys().cloned().collect());
    for (service, callees) in calls {
        let own = &values["services"][&service];
        assert_eq!(names(texts(&own["calls"])), callees, "{service}");
        assert_eq!(own["database"] == true, keepers().contains(&service), "{service}");
        assert_eq!(own["public"] == true, service == "gateway", "{service}");
    }
}

#[test]
fn the_chart_and_the_overlays_are_of_this_version() {
    let manifest = read("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = ")).unwrap();
    let version = version.trim_matches('"');
    let chart = yaml("deploy/helm/emart/Chart.yaml");
    assert_eq!(
        (chart["version"].as_str(), chart["appVersion"].as_str()),
        (Some(version), Some(version))
    );
    let production = yaml("deploy/kubernetes/overlays/production/kustomization.yaml");
    assert_eq!(production["images"][0]["newTag"], version);
}

#[test]
fn the_chart_uses_the_same_scripts_as_the_rest() {
    for file in ["databases.sh", "nats.conf"] {
        let link = root().join("deploy/helm/emart/files").join(file);
        assert_eq!(
            std::fs::read(&link).unwrap(),
            read(&format!("deploy/datastores/{file}")).as_bytes()
        );
    }
}
