//! What a server consists of at a moment: processes, threads, descriptors.
//!
//! All of it is in /proc: proc_pid_task(5), proc_tid_children(5),
//! proc_pid_fd(5), and proc_pid_net(5) for who is at the other end of a socket.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;

use nix::unistd::Pid;
use serde::Serialize;

/// A server's processes, the first one first.
#[derive(Serialize, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Each with all that it has.
    pub processes: Vec<Process>,
    /// Who is connected and hasn't been accepted.
    pub queue: Vec<String>,
}

/// One process.
#[derive(Serialize, Clone, PartialEq, Eq)]
pub struct Process {
    name: String,
    threads: Vec<String>,
    fds: Vec<Descriptor>,
}

/// A number, and what it stands for.
#[derive(Serialize, Clone, PartialEq, Eq)]
struct Descriptor {
    fd: u32,
    what: String,
}

/// Clients by their addresses.
pub type Names = BTreeMap<String, &'static str>;

/// The sockets of TCP: by inode, local and remote address, and state.
struct Row {
    local: SocketAddr,
    remote: SocketAddr,
    listens: bool,
    inode: String,
}

impl Snapshot {
    /// Reads it. What vanishes meanwhile is left out: look again.
    pub fn of(server: Pid, address: SocketAddr, names: &Names) -> Self {
        let rows = rows(address);
        let mut processes = vec![process("server", server, &rows, names)];
        for child in children(server) {
            let mut child = process("child", child, &rows, names);
            let whose = child.fds.iter().find(|it| it.what.starts_with("cl"));
            if let Some(whose) = whose {
                child.name = whose.what.replace("client", "child for");
            }
            processes.push(child);
        }
        // It has no owner, and thus no inode, before it is accepted.
        let waits = |row: &&Row| !row.listens && row.inode == "0";
        let queue = rows.iter().filter(waits);
        let queue = queue.filter_map(|row| names.get(&row.remote.to_string()));
        let mut queue: Vec<_> = queue.map(|name| name.to_string()).collect();
        queue.sort();
        Snapshot { processes, queue }
    }

    /// Processes, threads, connections, and callers in the queue.
    pub fn counts(&self) -> [usize; 4] {
        let all = || self.processes.iter();
        let is_client = |it: &&Descriptor| it.what.starts_with("client");
        let clients = |it: &Process| it.fds.iter().filter(is_client).count();
        [
            all().count(),
            all().map(|it| it.threads.len()).sum(),
            all().map(clients).sum(),
            self.queue.len(),
        ]
    }

    /// Whether every thread has its name, and every child has closed what
    /// isn't its own.
    pub fn is_settled(&self) -> bool {
        let named = |it: &Process| !it.threads.iter().any(|it| it == "new");
        let own = |it: &Process| !it.fds.iter().any(|it| it.what == "listener");
        self.processes.iter().all(named)
            && self.processes.iter().skip(1).all(own)
    }
}

fn process(name: &str, pid: Pid, rows: &[Row], names: &Names) -> Process {
    let threads = numbers(&format!("/proc/{pid}/task"));
    let thread = |tid: u32| thread(pid, tid, names);
    let threads = threads.into_iter().map(thread).collect();
    let what = |fd| {
        let what = what(pid, fd, rows, names)?;
        Some(Descriptor { fd, what })
    };
    let fds = numbers(&format!("/proc/{pid}/fd"));
    let fds = fds.into_iter().filter(|fd| *fd > 2).filter_map(what).collect();
    Process { name: name.to_string(), threads, fds }
}

/// A thread has the name of its client, or of its work.
fn thread(pid: Pid, tid: u32, names: &Names) -> String {
    if tid == pid.as_raw() as u32 {
        return "main".to_string();
    }
    let name = |tid: u32| {
        let path = format!("/proc/{pid}/task/{tid}/comm");
        fs::read_to_string(path).unwrap_or_default().trim_end().to_string()
    };
    let own = name(tid);
    match names.get(&own) {
        Some(client) => format!("for {client}"),
        // It begins with the name of whoever has started it.
        None if own == name(pid.as_raw() as u32) => "new".to_string(),
        None => own,
    }
}

fn what(pid: Pid, fd: u32, rows: &[Row], names: &Names) -> Option<String> {
    let link = fs::read_link(format!("/proc/{pid}/fd/{fd}")).ok()?;
    let link = link.to_str()?;
    let inode =
        link.strip_prefix("socket:[").map(|it| it.trim_end_matches(']'));
    let what = match (link, inode) {
        ("anon_inode:[eventfd]", _) => "bell".to_string(),
        ("anon_inode:[signalfd]", _) => "signals".to_string(),
        ("/dev/null", _) => "spare".to_string(),
        (_, Some(inode)) => {
            let row = rows.iter().find(|row| row.inode == inode)?;
            match names.get(&row.remote.to_string()) {
                _ if row.listens => "listener".to_string(),
                Some(name) => format!("client {name}"),
                None => return None,
            }
        }
        _ => return None,
    };
    Some(what)
}

/// Those that it has started and not reaped: proc_tid_children(5).
pub fn children(parent: Pid) -> Vec<Pid> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let text = fs::read_to_string(path).unwrap_or_default();
    let numbers = text.split_whitespace().filter_map(|it| it.parse().ok());
    numbers.map(Pid::from_raw).collect()
}

/// As the kernel lists them: descriptors by number, threads by age. A younger
/// thread's number may be the lower one, as numbers are given out in circles.
fn numbers(folder: &str) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let number = |it: fs::DirEntry| it.file_name().to_str()?.parse().ok();
    entries.filter_map(number).collect()
}

/// The sockets of this address.
fn rows(address: SocketAddr) -> Vec<Row> {
    let text = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let rows = text.lines().filter_map(row);
    rows.filter(|row| row.local == address).collect()
}

/// Whether somebody listens there. To connect would be to call.
pub fn is_listening(address: SocketAddr) -> bool {
    rows(address).iter().any(|row| row.listens)
}

/// A line of /proc/net/tcp: `sl local remote state … inode`, where addresses
/// are hexadecimal, in the machine's order of bytes.
fn row(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace().skip(1);
    let (local, remote) = (address(words.next()?)?, address(words.next()?)?);
    let listens = words.next()? == "0A";
    let inode = words.nth(5)?.to_string();
    Some(Row { local, remote, listens, inode })
}

fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let ip = u32::from_str_radix(ip, 16).ok()?.to_ne_bytes();
    Some((ip, u16::from_str_radix(port, 16).ok()?).into())
}
