//! Docker Compose: the same services and calls, one door, nobody root.

use serde_json::Value;

use crate::files::{entries, texts, yaml};
use crate::system::{calls, keepers, names, peers, services};

const FILE: &str = "deploy/compose.yaml";

/// What runs once and then ends, or is not ours.
const OTHERS: [&str; 4] = ["databases", "nats", "postgres", "secrets"];

fn containers() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for file in [FILE, "deploy/compose.single.yaml"] {
        let file = yaml(file);
        found.extend(entries(&file["services"]).map(|(name, c)| (name.to_owned(), c.clone())));
    }
    found
}

#[test]
fn compose_runs_every_service_in_a_container_of_its_own() {
    let file = yaml(FILE);
    let mut expected = services();
    expected.extend(OTHERS.map(str::to_owned));
    assert_eq!(names(entries(&file["services"]).map(|(name, _)| name)), expected);
    for service in services() {
        let command = texts(&file["services"][&service]["command"]).collect::<Vec<_>>();
        assert_eq!(command, ["run", service.as_str()]);
    }
}

#[test]
fn in_compose_each_service_knows_those_it_calls_and_no_others() {
    let file = yaml(FILE);
    for (service, callees) in calls() {
        let environment = &file["services"][&service]["environment"];
        assert_eq!(peers(entries(environment).map(|(name, _)| name)), callees, "{service}");
        for callee in callees {
            let url = &environment[format!("EMART_PEERS__{}", callee.to_uppercase())];
            assert_eq!(url, &format!("http://{callee}:7000"), "{service}");
        }
    }
}

#[test]
fn in_compose_only_those_who_keep_something_have_a_database() {
    let file = yaml(FILE);
    for service in services() {
        let environment = &file["services"][&service]["environment"];
        let told = environment.get("EMART_STORE__POSTGRES_URL_FILE").is_some();
        assert_eq!(told, keepers().contains(&service), "{service}");
    }
}

#[test]
fn only_the_door_has_a_port_outside() {
    for (name, container) in containers() {
        let is_door = name == "gateway" || name == "store";
        assert_eq!(container.get("ports").is_some(), is_door, "{name}");
        let edge = texts(&container["networks"]).any(|network| network == "edge");
        assert_eq!(edge, name == "gateway", "{name}: networks");
    }
    assert_eq!(yaml(FILE)["networks"]["mesh"]["internal"], true);
}

#[test]
fn no_container_is_more_than_it_must_be() {
    for (name, container) in containers() {
        let user = container["user"].as_str().unwrap_or_default();
        // `secrets` hands files to their owners, and has no network.
        let root = name == "secrets" && container["network_mode"] == "none";
        assert!(root || !user.is_empty() && !user.starts_with('0'), "{name}: user {user}");
        assert_eq!(container["read_only"], true, "{name}");
        assert_eq!(container["cap_drop"], serde_json::json!(["ALL"]), "{name}");
        let options = &container["security_opt"];
        assert!(texts(options).any(|option| option == "no-new-privileges:true"), "{name}");
        assert!(container.get("privileged").is_none(), "{name}");
        assert!(container["deploy"]["resources"]["limits"]["memory"].is_string(), "{name}");
    }
}

#[test]
fn nobody_sees_the_secrets_of_another() {
    let file = yaml(FILE);
    for (name, container) in entries(&file["services"]).filter(|(name, _)| *name != "secrets") {
        let own = if name == "databases" { "postgres" } else { name };
        for volume in texts(&container["volumes"]).filter(|volume| volume.contains("secrets-")) {
            assert_eq!(volume, format!("secrets-{own}:/run/secrets:ro"));
        }
    }
    let made = &file["services"]["secrets"]["volumes"];
    for service in services() {
        let volume = format!("secrets-{service}:/secrets/{service}");
        assert!(texts(made).any(|made| made == volume), "{volume}");
    }
}

#[test]
fn secrets_are_made_for_every_service() {
    let script = crate::files::read("deploy/secrets.sh");
    let list = |name: &str| {
        let line = script.lines().find_map(|line| line.strip_prefix(&format!("{name}=\"")));
        names(line.unwrap().trim_end_matches('"').split_whitespace())
    };
    let (with, without) = (list("with_database"), list("without_database"));
    assert_eq!(with, keepers());
    assert_eq!(without, &services() - &keepers());
}
