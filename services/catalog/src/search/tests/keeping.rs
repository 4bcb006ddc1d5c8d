//! The index follows changes, outlives the process, and is written anew when it cannot be read.

use std::fs;
use std::path::Path;

use super::*;
use crate::search::keeper::Change;

/// What can happen to a file.
type Damage<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

fn shop() -> Vec<Item> {
    let lamp = |n: usize| Item::new(&format!("Lamp {}", name(n))).described("<p>of brass</p>");
    (0..20).map(lamp).collect()
}

/// Names so different that none is a typo of another.
fn name(n: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(n).unwrap());
    letter.to_string().repeat(6)
}

fn keeper(dir: &Path, items: &[Item]) -> Keeper {
    let mut keeper = Keeper::open(Some(dir)).unwrap();
    keeper.replace(items.iter().map(Item::document)).unwrap();
    keeper
}

fn total(keeper: &Keeper, query: &str) -> usize {
    find(keeper.view(), query).total
}

#[test]
fn changes_and_deletions_are_seen_at_once() {
    let mut items = shop();
    let mut keeper = Keeper::open(None).unwrap();
    keeper.replace(items.iter().map(Item::document)).unwrap();
    items[3].title = "Chandelier".to_owned();
    let gone = items[4].id.clone().unwrap();
    let new = Item::new("Sofa");
    let before = Arc::clone(keeper.view());
    keeper
        .apply(vec![
            Change::Put(items[3].document()),
            Change::Delete(&gone),
            Change::Put(new.document()),
        ])
        .unwrap();
    assert_eq!(
        (total(&keeper, "q=lamp"), total(&keeper, "q=chandelier"), total(&keeper, "q=sofa")),
        (18, 1, 1)
    );
    assert_eq!((total(&keeper, "q=eeeeee"), total(&keeper, "")), (0, 20));
    assert_eq!(
        (find(&before, "q=lamp").total, find(&before, "q=sofa").total),
        (20, 0),
        "a search in progress"
    );
    keeper.apply(vec![Change::Delete(&gone), Change::Put(items[4].document())]).unwrap();
    assert_eq!((total(&keeper, "q=eeeeee"), total(&keeper, "")), (1, 21));
}

#[test]
fn many_small_changes_leave_each_product_once() {
    let mut items = shop();
    let mut keeper = Keeper::open(None).unwrap();
    keeper.replace(items.iter().map(Item::document)).unwrap();
    for round in 0..40 {
        let at = round * 7 % items.len();
        items[at].title = format!("Lamp round{round}");
        keeper.apply(vec![Change::Put(items[at].document())]).unwrap();
        if round % 5 == 0 {
            let gone = items.remove(0);
            let new = Item::new("Lamp fresh");
            keeper
                .apply(vec![Change::Delete(gone.id.as_ref().unwrap()), Change::Put(new.document())])
                .unwrap();
            items.push(new);
        }
        let found = keeper.view().search(&text("lamp"), Currency::EUR).unwrap();
        assert_eq!(found.total, items.len());
        let mut found = titles(&items, &found);
        let mut all: Vec<String> = items.iter().map(|item| item.title.clone()).collect();
        found.sort();
        all.sort();
        assert_eq!(found, all);
    }
}

#[test]
fn a_change_of_stock_or_price_needs_no_new_index() {
    let mut items = shop();
    let dir = tempfile::tempdir().unwrap();
    let mut keeper = keeper(dir.path(), &items);
    let files = listing(dir.path());
    items[0].variants[0] = (Vec::new(), 5, false);
    keeper.apply(vec![Change::Put(items[0].document())]).unwrap();
    assert_eq!(listing(dir.path()), files);
    assert_eq!((total(&keeper, "in_stock=true"), total(&keeper, "q=lamp&price_max=5")), (19, 1));
}

fn listing(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn an_index_is_read_again_and_only_what_changed_meanwhile_is_written() {
    let mut items = shop();
    let dir = tempfile::tempdir().unwrap();
    drop(keeper(dir.path(), &items));
    let files = listing(dir.path());
    let again = keeper(dir.path(), &items);
    assert_eq!((listing(dir.path()), total(&again, "q=lamp")), (files, 20));
    drop(again);
    items[0].title = "Sofa".to_owned();
    items.remove(1);
    items.push(Item::new("Chair"));
    let again = keeper(dir.path(), &items);
    assert_eq!(
        (total(&again, "q=lamp"), total(&again, "q=sofa"), total(&again, "q=chair")),
        (18, 1, 1)
    );
}

#[test]
fn a_damaged_index_is_written_anew() {
    let items = shop();
    let damage: [Damage<'_>; 4] = [
        &|_| Vec::new(),
        &|bytes| bytes[..bytes.len() / 2].to_vec(),
        &|bytes| bytes.iter().map(|byte| byte ^ 0x55).collect(),
        &|bytes| [&bytes[..bytes.len() / 3], b"\0\xff{", &bytes[bytes.len() / 3..]].concat(),
    ];
    let dir = tempfile::tempdir().unwrap();
    drop(keeper(dir.path(), &items));
    for name in listing(dir.path()).iter().filter(|name| !name.ends_with(".lock")) {
        for damage in damage {
            let name = if dir.path().join(name).exists() {
                name.clone()
            } else {
                listing(dir.path())[0].clone()
            };
            let path = dir.path().join(&name);
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, damage(&bytes)).unwrap();
            let again = keeper(dir.path(), &items);
            assert_eq!((total(&again, "q=lamp"), total(&again, "q=brass")), (20, 20), "{name}");
        }
    }
    fs::remove_file(dir.path().join("meta.json")).unwrap();
    assert_eq!(total(&keeper(dir.path(), &items), "q=lamp"), 20);
    fs::remove_dir_all(dir.path()).unwrap();
    assert_eq!(total(&keeper(dir.path(), &items), "q=lamp"), 20);
}

#[test]
fn where_no_index_can_be_written_search_works_in_memory() {
    let items = shop();
    let dir = tempfile::tempdir().unwrap();
    let first = keeper(dir.path(), &items);
    let second = keeper(dir.path(), &items);
    assert_eq!(
        (total(&first, "q=lamp"), total(&second, "q=lamp")),
        (20, 20),
        "another has the lock"
    );
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    assert_eq!(total(&keeper(&file.join("below"), &items), "q=lamp"), 20);
}
