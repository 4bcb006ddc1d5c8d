//! A share of a core for a process, so that two copies and those who call them fit on a machine of two cores: Linux'
//! control groups, where this may make them.

use std::path::{Path, PathBuf};

/// A group of one process; gone when this is dropped.
pub(crate) struct Quota {
    group: PathBuf,
    pid: u32,
}

impl Quota {
    /// Holds a process to half a core, if that can be done here.
    pub(crate) fn half_a_core(pid: u32) -> Option<Self> {
        let root = Path::new("/sys/fs/cgroup");
        let (parent, file, limit) = if root.join("cgroup.controllers").is_file() {
            (root.to_owned(), "cpu.max", "5000 10000")
        } else {
            (root.join("cpu"), "cpu.cfs_quota_us", "5000")
        };
        let group = parent.join(format!("emart-bench-{pid}"));
        std::fs::create_dir(&group).ok()?;
        let quota = Self { group, pid };
        if file == "cpu.cfs_quota_us" {
            std::fs::write(quota.group.join("cpu.cfs_period_us"), "10000").ok()?;
        }
        std::fs::write(quota.group.join(file), limit).ok()?;
        std::fs::write(quota.group.join("cgroup.procs"), pid.to_string()).ok()?;
        Some(quota)
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        if let Some(parent) = self.group.parent() {
            let _ = std::fs::write(parent.join("cgroup.procs"), self.pid.to_string());
        }
        let _ = std::fs::remove_dir(&self.group);
    }
}
