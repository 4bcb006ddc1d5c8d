//! The rules of STYLE.md and ARCHITECTURE.md that a machine can check.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn files(dir: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

fn services() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("services")).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

/// Every line of Rust under a folder's `src`.
fn sources(dir: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(&dir.join("src"), ".rs", &mut found);
    found.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn a_service_sees_other_services_through_their_api_crates_only() {
    for service in services() {
        let own = service.file_name().unwrap().to_string_lossy().into_owned();
        for manifest in [service.join("Cargo.toml"), service.join("api/Cargo.toml")] {
            let Ok(text) = std::fs::read_to_string(&manifest) else { continue };
            // Tests of a facade put the real ones around it.
            let text = text.split("[dev-dependencies]").next().unwrap_or_default();
            for other in services() {
                let name = other.file_name().unwrap().to_string_lossy().into_owned();
                let forbidden = format!("emart-{name}.workspace");
                assert!(
                    name == own || !text.contains(&forbidden),
                    "{}: {forbidden}",
                    manifest.display()
                );
            }
        }
    }
}

#[test]
fn shared_crates_know_no_service() {
    for crate_dir in std::fs::read_dir(root().join("crates")).unwrap() {
        let manifest = crate_dir.unwrap().path().join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        for service in services() {
            let name = service.file_name().unwrap().to_string_lossy().into_owned();
            for forbidden in
                [format!("emart-{name}.workspace"), format!("emart-{name}-api.workspace")]
            {
                assert!(!text.contains(&forbidden), "{}: {forbidden}", manifest.display());
            }
        }
    }
}

#[test]
fn every_source_file_says_what_it_owns() {
    let mut crates = services();
    crates.extend(services().into_iter().map(|service| service.join("api")));
    crates.extend(std::fs::read_dir(root().join("crates")).unwrap().map(|e| e.unwrap().path()));
    crates.extend([root().join("emart"), root().join("xtask"), root().join("tests")]);
    for dir in crates.into_iter().filter(|dir| dir.join("src").is_dir()) {
        for (path, text) in sources(&dir) {
            let head = text.lines().next().unwrap_or_default();
            assert!(head.starts_with("//! ") && head.len() > 10, "{}: {head}", path.display());
        }
    }
}

#[test]
fn domain_knows_no_http_and_no_sql_and_sql_stays_in_store() {
    for service in services() {
        for (path, text) in sources(&service) {
            let inside =
                path.strip_prefix(service.join("src")).unwrap().to_string_lossy().into_owned();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            if inside.starts_with("domain") {
                assert!(!code.contains("axum"), "{}: axum in domain", path.display());
                assert!(!code.contains("emart_store"), "{}: the store in domain", path.display());
            }
            if !inside.starts_with("store") {
                for sql in ["\"SELECT ", "\"INSERT INTO", "\"UPDATE ", "\"DELETE FROM"] {
                    assert!(!code.contains(sql), "{}: {sql}", path.display());
                }
            }
        }
    }
}

#[test]
fn nothing_is_left_standing_for_something() {
    let mut found = Vec::new();
    for dir in ["crates", "services", "emart", "xtask"] {
        files(&root().join(dir), ".rs", &mut found);
    }
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in ["todo!(", "unimplemented!(", "#[ignore", "dbg!("] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn every_service_has_its_page_and_its_contract() {
    for service in services() {
        assert!(service.join("README.md").is_file(), "{}: README.md", service.display());
        if service.join("api").is_dir() {
            for part in ["openapi.json", "migrations"] {
                assert!(service.join(part).exists(), "{}: {part}", service.display());
            }
        }
    }
}

#[test]
fn contracts_on_disk_are_those_of_the_code() {
    for service in services().into_iter().filter(|service| service.join("api").is_dir()) {
        let name = service.file_name().unwrap().to_string_lossy().into_owned();
        let dir = tempfile::tempdir().unwrap();
        let mut command = emart_tests::program();
        let output = command.current_dir(dir.path()).args(["openapi", &name]).output().unwrap();
        let kept = std::fs::read(service.join("openapi.json")).unwrap();
        assert!(
            output.stdout == kept,
            "services/{name}/openapi.json is stale: cargo xtask openapi"
        );
    }
}

#[test]
fn emart_toml_holds_every_setting_with_its_default() {
    let dir = tempfile::tempdir().unwrap();
    let config = |arguments: &[&str]| {
        let mut command = emart_tests::program();
        command.current_dir(dir.path()).args(arguments).arg("config").output().unwrap().stdout
    };
    let file = root().join("emart.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let defaults = String::from_utf8(config(&[])).unwrap();
    assert_eq!(defaults, String::from_utf8(config(&["--config", file.to_str().unwrap()])).unwrap());
    for line in defaults.lines().filter(|line| !line.is_empty()) {
        let key = line.split(" = ").next().unwrap();
        assert!(text.lines().any(|l| l.starts_with(key)), "{key} is missing");
    }
}

#[test]
fn every_event_and_every_problem_stands_in_its_page() {
    let events = std::fs::read_to_string(root().join("docs/events.md")).unwrap();
    let problems = std::fs::read_to_string(root().join("docs/problems.md")).unwrap();
    for service in services() {
        if service.join("api/src").is_dir() {
            for (path, text) in sources(&service.join("api")) {
                for part in
                    text.split('"').filter(|part| part.ends_with(".v1") && part.contains('.'))
                {
                    assert!(
                        events.contains(part),
                        "{}: {part} is not in docs/events.md",
                        path.display()
                    );
                }
            }
        }
        let error = service.join("src/error.rs");
        let Ok(text) = std::fs::read_to_string(&error) else { continue };
        for slug in text.split('"').filter(|part| is_slug(part)) {
            assert!(
                problems.contains(&format!("`{slug}`")),
                "{}: {slug} is not in docs/problems.md",
                error.display()
            );
        }
    }
}

fn is_slug(text: &str) -> bool {
    text.contains('-') && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}
