//! A process as the operating system sees it: its CPU time and memory, from `/proc`.

use std::time::Duration;

use anyhow::Context as _;

/// Linux counts CPU time in hundredths of a second (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// CPU time used so far, by all threads, in user and kernel.
pub(crate) fn cpu_time(pid: u32) -> anyhow::Result<Duration> {
    let stat = Stat::of(pid).context("/proc/PID/stat")?;
    Ok(TICK * stat.own)
}

/// The same of a server that works in child processes: theirs, and of those that have ended, with its own.
pub(crate) fn family_cpu_time(pid: u32) -> anyhow::Result<Duration> {
    let parent = Stat::of(pid).context("/proc/PID/stat")?;
    let all = std::fs::read_dir("/proc")?.flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let children = pids.filter_map(Stat::of).filter(|stat| stat.parent == pid);
    let ticks = children.map(|stat| stat.own + stat.ended).sum::<u32>();
    Ok(TICK * (parent.own + parent.ended + ticks))
}

/// What is read of `/proc/PID/stat`, in ticks.
struct Stat {
    parent: u32,
    own: u32,
    /// Of children that have ended.
    ended: u32,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The program's name may hold anything but ends with the last bracket.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u32>().ok();
        let own = number(11)? + number(12)?;
        Some(Self { parent: number(1)?, own, ended: number(13)? + number(14)? })
    }
}

/// Resident memory, in MB.
pub(crate) fn resident_mb(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}
