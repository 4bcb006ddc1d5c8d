//! Tests that need a process of their own: one that is killed, one that runs out of disk, one that may not write.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use emart_store::{Db, Error, Settings, vals};
use tokio::task::JoinSet;

use crate::limits::insert_picture;
use crate::{MIGRATIONS, count, insert};

const THIS: &str = "child::as_a_process_of_its_own_it_does_what_another_test_wants";

/// Nothing, unless one of the tests below started it.
#[test]
fn as_a_process_of_its_own_it_does_what_another_test_wants() {
    let Some(job) = std::env::var_os("STORE_TEST_JOB") else { return };
    let dir = std::env::var_os("STORE_TEST_DIR").unwrap();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let settings = Settings::sqlite(dir);
    runtime.unwrap().block_on(async {
        match job.to_str().unwrap() {
            "write" => write_until_killed(&settings).await,
            "fill" => fill_the_disk(&settings).await,
            "open" => match settings.open("orders", MIGRATIONS).await {
                Ok(_) => say("opened"),
                Err(error) => say(&format!("{error:?}")),
            },
            other => panic!("{other}"),
        }
    });
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    // A line of its own: the test harness does not end its own.
    writeln!(out, "\nsaid {text}").and_then(|()| out.flush()).unwrap();
}

async fn write_until_killed(settings: &Settings) {
    let db = settings.open("orders", MIGRATIONS).await.unwrap();
    let start = count(&db).await;
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let db = db.clone();
        writers.spawn(async move {
            for turn in 0.. {
                let id = start * 1_000_000 + turn * 16 + writer;
                db.write(move |tx| async move { insert(&tx, id).await }).await.unwrap();
                say(&id.to_string());
            }
        });
    }
    writers.join_all().await;
}

/// Until writing fails; then makes room and goes on.
async fn fill_the_disk(settings: &Settings) {
    let db = settings.open("orders", MIGRATIONS).await.unwrap();
    let mut kept = Vec::new();
    let mut failed = 0;
    for round in 0..200 {
        let mut writers = JoinSet::new();
        for id in round * 8..round * 8 + 8 {
            let db = db.clone();
            writers.spawn(async move { (id, insert_picture(&db, id, 5_000).await) });
        }
        for (id, result) in writers.join_all().await {
            match result {
                Ok(_) => kept.push(id),
                Err(Error::Full(_) | Error::Disk(_)) => failed += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
        if failed > 0 {
            break;
        }
    }
    assert!(failed > 0, "the disk never became full");
    kept.sort_unstable();
    assert_eq!(ids(&db).await, kept);
    say(&format!("full after {}", kept.len()));
    while db.exec("DELETE FROM orders WHERE id > $1", vals![10]).await.is_err() {}
    for id in 10_000..10_010 {
        insert_picture(&db, id, 5_000).await.unwrap();
    }
    assert_eq!(ids(&db).await.len(), kept.iter().filter(|id| **id <= 10).count() + 10);
    say("works again");
}

async fn ids(db: &Db) -> Vec<i64> {
    db.all("SELECT id FROM orders ORDER BY id", &[]).await.unwrap()
}

fn command(program: &Path, job: &str, dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--exact", THIS, "--nocapture", "--test-threads=1"]);
    command.env("STORE_TEST_JOB", job).env("STORE_TEST_DIR", dir);
    command.stdout(Stdio::piped());
    command
}

fn this_program() -> std::path::PathBuf {
    std::env::current_exe().unwrap()
}

fn said(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.filter_map(|line| line.ok()?.strip_prefix("said ").map(str::to_owned))
}

#[tokio::test]
async fn whatever_was_acknowledged_before_a_kill_is_there_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 1..=5 {
        let mut child = command(&this_program(), "write", dir.path()).spawn().unwrap();
        let mut acks = said(&mut child);
        acknowledged.extend(acks.by_ref().take(150 * round).map(|id| id.parse::<i64>().unwrap()));
        child.kill().unwrap();
        // What was on its way when the signal came. The last line may be cut short.
        let rest: Vec<String> = acks.collect();
        acknowledged.extend(rest.iter().rev().skip(1).map(|id| id.parse::<i64>().unwrap()));
        child.wait().unwrap();
        let db = Settings::sqlite(dir.path()).open("orders", MIGRATIONS).await.unwrap();
        let rows = ids(&db).await;
        for id in &acknowledged {
            assert!(rows.binary_search(id).is_ok(), "{id} was acknowledged and is lost");
        }
        let check =
            db.write(async |tx| tx.one::<String>("PRAGMA integrity_check", &[]).await).await;
        assert_eq!(check.unwrap(), "ok");
        db.close().await;
    }
    assert!(acknowledged.len() >= 150 * 15);
}

#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_is_an_error_for_every_waiting_caller_and_not_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let test = command(&this_program(), "fill", dir.path());
    // No file may grow over 2,000 blocks of 512 bytes; writing more is an error, not a signal.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\""]);
    limited.arg(test.get_program()).args(test.get_args()).stdout(Stdio::piped());
    limited.envs(test.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child = limited.spawn().unwrap();
    let said: Vec<String> = said(&mut child).collect();
    assert!(child.wait().unwrap().success(), "{said:?}");
    assert_eq!(said.last().map(String::as_str), Some("works again"), "{said:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn where_it_may_not_write_a_database_does_not_open_and_says_why() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    let place = tempfile::tempdir().unwrap();
    set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    let (written, empty) = (place.path().join("written"), place.path().join("empty"));
    std::fs::create_dir(&empty).unwrap();
    let db = Settings::sqlite(&written).open("orders", MIGRATIONS).await.unwrap();
    db.write(async |tx| insert(&tx, 1).await).await.unwrap();
    db.close().await;
    let file = written.join("orders.db");
    set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
    set_permissions(&written, Permissions::from_mode(0o555)).unwrap();
    set_permissions(&empty, Permissions::from_mode(0o555)).unwrap();

    let refused = open_without_privileges(place.path(), &written);
    assert!(refused.starts_with("Open") && refused.contains("write-protected"), "{refused}");
    let refused = open_without_privileges(place.path(), &empty);
    assert!(refused.starts_with("Open") && refused.contains("unable to open"), "{refused}");
    set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    let refused = open_without_privileges(place.path(), &written);
    assert!(refused.starts_with("Open") && refused.contains("orders.db"), "{refused}");

    set_permissions(&written, Permissions::from_mode(0o755)).unwrap();
    set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let db = Settings::sqlite(&written).open("orders", MIGRATIONS).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

/// Permissions mean nothing to root, so root becomes nobody, with a copy of this program that nobody can reach.
#[cfg(unix)]
fn open_without_privileges(place: &Path, dir: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;

    let is_root = std::fs::metadata(place).unwrap().uid() == 0;
    let program = if is_root { place.join("test") } else { this_program() };
    if is_root && !program.exists() {
        std::fs::copy(this_program(), &program).unwrap();
    }
    let mut command = command(&program, "open", dir);
    if is_root {
        command.uid(65_534).gid(65_534).current_dir(place);
    }
    let mut child = loop {
        match command.spawn() {
            // A child of another test still holds the copy open for writing, until it becomes a program of its own.
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            child => break child.unwrap(),
        }
    };
    let said = said(&mut child).last();
    child.wait().unwrap();
    said.expect("the child says how it went")
}
