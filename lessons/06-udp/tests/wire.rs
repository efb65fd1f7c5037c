//! What the demos on the wire print, as the book shows it, and what tshark
//! reads in their frames.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use support::transcript::Lesson;

fn main() -> ExitCode {
    support::wire!()
        .shows("unreachable", &[])
        .shows("loss", &[])
        .shows("reorder", &[])
        .shows("duplicate", &[])
        .shows("mtu", &[])
        .shows("dns", &[])
        .records("loss")
        .records("reorder")
        .records("duplicate")
        .opens_in_tshark("unreachable")
        .opens_in_tshark("loss")
        .opens_in_tshark("reorder")
        .opens_in_tshark("duplicate")
        .opens_in_tshark("mtu")
        .opens_in_tshark("dns")
        .claim_in_tshark("tshark_reads_the_same_in_dns", the_same)
        .run()
}

/// tshark, which knows DNS, finds in alice's and bob's bytes what the demo
/// says is there.
fn the_same(lesson: &Lesson) {
    let file = scratch();
    lesson.run(&["dns", "--pcap", file.to_str().expect("a path in UTF-8")]);
    let fields = [
        "dns.id",
        "dns.flags.response",
        "dns.flags.rcode",
        "dns.qry.name",
        "dns.resp.name",
        "dns.resp.ttl",
        "dns.a",
    ];
    let mut command = Command::new("tshark");
    command.arg("-r").arg(&file).args(["-T", "fields"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = command.output().expect("tshark runs");
    fs::remove_file(&file).expect("the capture is there");
    assert!(output.status.success(), "tshark: {}", output.status);
    let read = String::from_utf8(output.stdout).expect("text");

    // Version 4.2 writes True and False where others write 1 and 0.
    let read = read.replace("True", "1").replace("False", "0");
    let read: Vec<_> = read.lines().map(str::trim_end).collect();
    assert_eq!(
        read,
        [
            "0x1a2b\t0\t\tbob.lab",
            "0x1a2b\t1\t0\tbob.lab\tbob.lab\t60\t10.0.0.2",
            "0x3c4d\t0\t\tcarol.lab",
            "0x3c4d\t1\t3\tcarol.lab",
        ]
    );
}

fn scratch() -> PathBuf {
    let unique = format!("dns-fields-{}.pcap", std::process::id());
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique)
}
