//! What this machine can do, and what to do about the rest.
//!
//! Nothing here is needed for the first check: a machine that lacks one of
//! these shows a recorded run in place of a demo, or leaves a test out, and
//! says so.
//!
//! Start reading at [`run`].

use std::net::TcpListener;
use std::process::{Command, Stdio};

use anstream::println;
use lab::{Lab, Plan};
use lesson_completion::Ring;
use nix::sys::resource::{Resource, getrlimit};

use crate::report::{BAD, GOOD};

/// What was found out about one ability: what it is, or what to do.
type Finding = Result<String, String>;

/// Examines the machine and tells.
pub fn run() {
    tell("toolchain", toolchain());
    tell("loopback", loopback());
    tell("io_uring", io_uring());
    tell("descriptors", descriptors());
    tell("browser", browser());
    tell("tshark", tshark());
    tell("curl", ftp_client("curl"));
    tell("lftp", ftp_client("lftp"));
    // Last: a process can't leave its user namespace again.
    tell("namespaces", namespaces());
}

fn tell(what: &str, finding: Finding) {
    let (style, mark, text) = match &finding {
        Ok(text) => (GOOD, '✓', text),
        Err(text) => (BAD, '✗', text),
    };
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    println!("{style}{mark}{style:#} {what:<12} {first}");
    for line in lines {
        println!("  {:12} {line}", "");
    }
}

/// What a program prints first, when it succeeds.
fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().next().unwrap_or_default().to_string();
    output.status.success().then_some(line)
}

fn toolchain() -> Finding {
    let needed = env!("CARGO_PKG_RUST_VERSION");
    let cargo = first_line("cargo", &["--version"]);
    match (first_line("rustc", &["--version"]), cargo) {
        (Some(rustc), Some(cargo)) => Ok(format!("{rustc}; {cargo}")),
        _ => Err(format!(
            "rustc and cargo are not on the PATH\n\
             the exercises need Rust {needed} or newer: https://rustup.rs"
        )),
    }
}

fn loopback() -> Finding {
    match TcpListener::bind("127.0.0.1:0") {
        Ok(_) => Ok("sockets on 127.0.0.1".into()),
        Err(error) => Err(format!(
            "no socket on 127.0.0.1: {error}\n\
             every lesson needs it: `ip link set lo up`, as root"
        )),
    }
}

/// Does what a demo on the wire does: enters the lab and joins two hosts.
fn namespaces() -> Finding {
    let mut lab = Lab::enter().map_err(|forbidden| {
        let remedy = forbidden.remedy();
        format!("{forbidden}\n{INSTEAD}\nto allow it: {remedy}")
    })?;
    match lab_of_two(&mut lab) {
        Ok(()) => Ok("hosts and a wire of their own, without root".into()),
        Err(trouble) => Err(format!("{trouble}\n{INSTEAD}")),
    }
}

/// What a reader gets where there is no lab.
const INSTEAD: &str = "demos on the wire show a recorded run";

fn lab_of_two(lab: &mut Lab) -> Result<(), narrator::Trouble> {
    let _hosts = [lab.host("alice")?, lab.host("bob")?];
    lab.join(Plan::new())?.stop().map(drop)
}

/// Does what a demo of chapter 12 does: asks the kernel for a ring.
fn io_uring() -> Finding {
    match Ring::new(1) {
        Ok(_) => Ok("a submission queue and a completion queue".into()),
        Err(forbidden) => Err(format!(
            "{forbidden}\ndemos of chapter 12 show a recorded run\n\
             to allow it: {}",
            forbidden.remedy()
        )),
    }
}

/// What ten thousand connections with both ends in one process take.
const DESCRIPTORS: u64 = 20_100;

fn descriptors() -> Finding {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)
        .map_err(|errno| format!("getrlimit: {}", errno.desc()))?;
    if hard >= DESCRIPTORS {
        return Ok(format!("{soft} at a time, up to {hard} on demand"));
    }
    Err(format!(
        "{hard} at the most; ten thousand connections take {DESCRIPTORS}\n\
         raise nofile in /etc/security/limits.conf (limits.conf(5))"
    ))
}

fn browser() -> Finding {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.iter().find_map(|n| first_line(n, &["--version"]));
    found.ok_or(
        "no Chromium; only the book's own browser tests need it\n\
         Debian: apt-get install chromium"
            .into(),
    )
}

fn ftp_client(name: &str) -> Finding {
    let found = first_line(name, &["--version"]);
    // curl goes on with each of its libraries.
    let short = |line: String| line.split(" lib").next().map(str::to_string);
    found.and_then(short).ok_or_else(|| {
        format!(
            "no {name}; only the tests of chapter 15's FTP need it\n\
             Debian: apt-get install {name}"
        )
    })
}

fn tshark() -> Finding {
    let found = first_line("tshark", &["--version"]);
    found.ok_or(
        "no tshark; only tests of recorded frames need it\n\
         Debian: apt-get install tshark"
            .into(),
    )
}
