//! Kubernetes: the same services; who may talk to whom is who calls whom; nobody root.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::files::{below, entries, items, texts, yaml, yamls};
use crate::system::{Names, callers, calls, keepers, names, peers, services};

const BASE: &str = "deploy/kubernetes/base";

/// What `kind: NetworkPolicy` of this name says.
fn policy(name: &str) -> Value {
    let policies = yamls(&format!("{BASE}/network-policies.yaml"));
    let found = policies.into_iter().find(|policy| policy["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("there is no policy {name}"))
}

/// The pods a rule lets in, or out to, on a port.
fn pods(rules: &Value, direction: &str, port: u64) -> Names {
    let rules = items(rules).filter(|rule| items(&rule["ports"]).any(|p| p["port"] == port));
    let peers = rules.flat_map(|rule| items(&rule[direction]));
    names(peers.filter_map(|peer| name_of(&peer["podSelector"]["matchLabels"])))
}

fn name_of(labels: &Value) -> Option<&str> {
    labels["app.kubernetes.io/name"].as_str()
}

/// The names a policy's `In` is about.
fn any_of(selector: &Value) -> Names {
    names(items(&selector["matchExpressions"]).flat_map(|part| texts(&part["values"])))
}

#[test]
fn kubernetes_has_every_service() {
    let base = yaml(&format!("{BASE}/kustomization.yaml"));
    let services = services();
    let listed = names(texts(&base["resources"]).filter(|name| !name.contains('.')));
    assert_eq!(listed, services);
    for service in services {
        let own = yaml(&format!("{BASE}/{service}/kustomization.yaml"));
        assert_eq!(own["components"], json!(["../../service"]), "{service}");
        // The one ConfigMap's name is the service's: the template takes it from there.
        let maps = items(&own["configMapGenerator"]).map(|map| &map["name"]).collect::<Vec<_>>();
        assert_eq!(maps, [service.as_str()]);
    }
}

#[test]
fn in_kubernetes_each_service_knows_those_it_calls_and_no_others() {
    for (service, callees) in calls() {
        let own = yaml(&format!("{BASE}/{service}/kustomization.yaml"));
        let literals = &own["configMapGenerator"][0]["literals"];
        let variables = texts(literals).map(|literal| literal.split_once('=').unwrap());
        let variables = variables.collect::<BTreeMap<_, _>>();
        assert_eq!(peers(variables.keys().copied()), callees, "{service}");
        let has_database = variables.contains_key("EMART_STORE__POSTGRES_URL_FILE");
        assert_eq!(has_database, keepers().contains(&service), "{service}");
        for callee in callees {
            let url = variables[format!("EMART_PEERS__{}", callee.to_uppercase()).as_str()];
            assert_eq!(url, format!("http://{callee}:7000"), "{service}");
        }
    }
}

#[test]
fn who_may_talk_to_whom_is_who_calls_whom() {
    let nothing = policy("nothing");
    assert_eq!(nothing["spec"]["podSelector"], json!({}));
    assert_eq!(nothing["spec"]["policyTypes"], json!(["Ingress", "Egress"]));
    assert!(nothing["spec"]["ingress"].is_null() && nothing["spec"]["egress"].is_null());
    let (calls, callers) = (calls(), callers());
    for service in services() {
        let spec = policy(&service)["spec"].clone();
        assert_eq!(name_of(&spec["podSelector"]["matchLabels"]), Some(service.as_str()));
        assert_eq!(pods(&spec["ingress"], "from", 7000), callers[&service], "to {service}");
        assert_eq!(pods(&spec["egress"], "to", 7000), calls[&service], "from {service}");
        let open =
            items(&spec["ingress"]).any(|rule| items(&rule["ports"]).any(|p| p["port"] == 8080));
        assert_eq!(open, service == "gateway", "{service}");
    }
}

#[test]
fn in_kubernetes_only_those_who_keep_something_reach_the_databases() {
    let mut expected = keepers();
    expected.insert("migrate".to_owned());
    assert_eq!(any_of(&policy("keepers")["spec"]["podSelector"]), expected);
    let external = yaml("deploy/kubernetes/overlays/production/external.yaml");
    assert_eq!(any_of(&external["spec"]["podSelector"]), expected);
    for policy in yamls("deploy/datastores/network-policies.yaml") {
        let mut expected = expected.clone();
        match policy["metadata"]["name"].as_str().unwrap() {
            "databases" => continue,
            "postgres" => expected.insert("databases".to_owned()),
            _ => false,
        };
        assert_eq!(any_of(&policy["spec"]["ingress"][0]["from"][0]["podSelector"]), expected);
    }
}

#[test]
fn the_job_migrates_every_database_with_its_own_password() {
    let job = yaml("deploy/kubernetes/migrate/job.yaml");
    let pod = &job["spec"]["template"]["spec"];
    assert_eq!(names(items(&pod["containers"]).filter_map(|c| c["name"].as_str())), keepers());
    for container in items(&pod["containers"]) {
        assert_eq!(container["args"], json!(["migrate", container["name"]]));
        let secrets = items(&container["volumeMounts"])
            .find(|mount| mount["mountPath"] == "/run/secrets/emart");
        assert_eq!(secrets.unwrap()["name"], container["name"]);
        let volume = items(&pod["volumes"]).find(|volume| volume["name"] == container["name"]);
        assert_eq!(volume.unwrap()["secret"]["secretName"], container["name"]);
    }
}

#[test]
fn no_pod_is_more_than_it_must_be() {
    let mut seen = 0;
    for path in below("deploy/kubernetes").into_iter().chain(below("deploy/datastores")) {
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let path = path.strip_prefix(crate::files::root()).unwrap().to_str().unwrap().to_owned();
        for object in yamls(&path) {
            let pod = &object["spec"]["template"]["spec"];
            if pod.get("containers").is_none() {
                continue;
            }
            seen += 1;
            assert_eq!(pod["automountServiceAccountToken"], false, "{path}");
            assert_eq!(pod["securityContext"]["runAsNonRoot"], true, "{path}");
            assert!(pod["securityContext"]["runAsUser"].as_u64().unwrap() > 0, "{path}");
            assert_eq!(
                pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault",
                "{path}"
            );
            for container in items(&pod["containers"]) {
                let security = &container["securityContext"];
                assert_eq!(security["allowPrivilegeEscalation"], false, "{path}");
                assert_eq!(security["readOnlyRootFilesystem"], true, "{path}");
                assert_eq!(security["capabilities"], json!({"drop": ["ALL"]}), "{path}");
                let limits = entries(&container["resources"]["limits"]).map(|(name, _)| name);
                assert!(names(limits).contains("memory"), "{path}");
            }
        }
    }
    assert!(seen >= 5, "only {seen} kinds of pods were found");
}
