//! What the code says: which services there are, whom each calls, which keep something. All other files are held to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::{read, root};

pub(crate) type Names = BTreeSet<String>;

pub(crate) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> Names {
    names.into_iter().map(str::to_owned).collect()
}

/// Every service: a folder with a crate that the binary composes.
pub(crate) fn services() -> Names {
    let folders = std::fs::read_dir(root().join("services")).unwrap();
    folders
        .map(|folder| folder.unwrap().path())
        .filter(|folder| folder.join("Cargo.toml").is_file())
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// Those with a database.
pub(crate) fn keepers() -> Names {
    let mut services = services();
    services.retain(|service| root().join("services").join(service).join("migrations").is_dir());
    services
}

/// Whom each calls, by the one page that says so. The gateway calls everybody.
pub(crate) fn calls() -> BTreeMap<String, Names> {
    let services = services();
    let called = |service: &String| {
        if service == "gateway" {
            return services.iter().filter(|other| *other != "gateway").cloned().collect();
        }
        let page = read("emart/src/compose.rs");
        let (_, calls) = page.split_once("const CALLS").unwrap();
        let (calls, _) = calls.split_once("];\n").unwrap();
        let caller = format!("\"{service}\",");
        let Some((_, callees)) = calls
            .split_once(&format!("({caller}"))
            .or_else(|| calls.split_once(&format!("(\n        {caller}")))
        else {
            return Names::new();
        };
        let (callees, _) = callees.split_once(']').unwrap();
        names(callees.split('"').skip(1).step_by(2))
    };
    services.iter().map(|service| (service.clone(), called(service))).collect()
}

/// Who calls each.
pub(crate) fn callers() -> BTreeMap<String, Names> {
    let calls = calls();
    let callers = |callee: &String| -> Names {
        calls.keys().filter(|caller| calls[*caller].contains(callee)).cloned().collect()
    };
    services().into_iter().map(|callee| (callee.clone(), callers(&callee))).collect()
}

/// The services that `EMART_PEERS__…` variables are about.
pub(crate) fn peers<'a>(variables: impl IntoIterator<Item = &'a str>) -> Names {
    let peers = variables.into_iter().filter_map(|name| name.strip_prefix("EMART_PEERS__"));
    peers.map(str::to_ascii_lowercase).collect()
}

#[test]
fn the_binary_composes_every_service_there_is() {
    let compose = read("emart/src/compose.rs");
    for service in services() {
        assert!(compose.contains(&format!(r#"if config.runs("{service}")"#)), "{service}");
    }
}

#[test]
fn calls_go_to_services_there_are() {
    let services = services();
    for (service, callees) in calls() {
        assert!(callees.is_subset(&services), "{service}: {callees:?}");
        assert!(!callees.contains(&service), "{service} calls itself");
    }
}
