//! Commands, beside a running store and without one.

use emart_tests::{Store, program};

fn output(command: &mut std::process::Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_exported_beside_a_running_store_imports_unchanged() {
    let store = Store::with_tea(5).await.unwrap();
    let file = store.data().join("out.csv");
    let (done, text) = output(store.command().args(["export", "products", "--output"]).arg(&file));
    assert!(done, "{text}");
    let (done, text) = output(store.command().args(["import", "products"]).arg(&file));
    assert!(done && text.contains("0 products created, 0 updated, 1 unchanged"), "{text}");
    let again = store.data().join("again.csv");
    output(store.command().args(["export", "products", "--output"]).arg(&again));
    assert_eq!(std::fs::read(file).unwrap(), std::fs::read(again).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_process_on_the_same_data_is_refused_with_the_reason() {
    let store = Store::with_tea(5).await.unwrap();
    let (done, text) = output(store.command().args(["run", "--listen", "127.0.0.1:0"]));
    assert!(!done && text.contains("another emart is using"), "{text}");
}

#[test]
fn help_names_every_command_and_wrong_settings_are_named_at_once() {
    let (done, help) = output(program().arg("--help"));
    assert!(done);
    for command in [
        "run", "admin", "import", "export", "seed", "events", "sagas", "mail", "config", "migrate",
        "backup", "restore", "move", "doctor", "conform", "health",
    ] {
        assert!(help.contains(command), "{command} in\n{help}");
    }
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = program();
    wrong.current_dir(dir.path()).args(["config", "--check"]);
    wrong.env("EMART_CART__LINES", "0").env("EMART_ORDERS__FIRST_NUMBER", "0");
    let (done, text) = output(&mut wrong);
    assert!(!done && text.contains("cart.lines") && text.contains("orders.first_number"), "{text}");
    let mut misspelt = program();
    misspelt.current_dir(dir.path()).arg("config").env("EMART_CART__LINEZ", "5");
    let (done, text) = output(&mut misspelt);
    assert!(!done && text.contains("linez"), "{text}");
}
