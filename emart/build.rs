//! Lists the demo catalogue's pictures, so that the program carries them.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts in variables")]
fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let folder = Path::new(&root).join("demo/images");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("the demo's pictures")
        .map(|entry| entry.expect("a picture").file_name().into_string().expect("a plain name"))
        .filter(|name| name.ends_with(".webp"))
        .collect();
    names.sort();
    let mut list = String::from("&[\n");
    for name in names {
        let path = folder.join(&name);
        writeln!(list, "({name:?}, include_bytes!({path:?})),").expect("a text grows");
    }
    list.push_str("]\n");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("pictures.rs"), list).expect("the list of pictures");
}
