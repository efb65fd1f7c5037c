//! What the demos on the wire print, as the book shows it, what tshark reads
//! in their frames, and what the tools and options say to bad input.

use std::process::{Command, ExitCode};

use support::transcript::Lesson;

fn main() -> ExitCode {
    support::wire!()
        .shows_first("announce", &[])
        .shows("denied", &[])
        .shows("addresses", &[])
        .shows("missed", &[])
        .shows("multicast", &[])
        .shows("discover", &[])
        .shows("storm", &[])
        .records("announce")
        .opens_in_tshark("announce")
        .opens_in_tshark("denied")
        .opens_in_tshark("addresses")
        .opens_in_tshark("missed")
        .opens_in_tshark("multicast")
        .opens_in_tshark("discover")
        .opens_in_tshark("storm")
        .claim("a_storm_keeps_to_the_bound_it_is_given", bounded)
        .claim_in_tshark("tshark_reads_the_same_in_igmp", igmp)
        .run()
}

fn bounded(lesson: &Lesson) {
    let told = lesson.run(&["storm", "--frames", "2"]);

    assert!(told.contains("1 sent, 1 came round again"), "{told}");
    assert!(told.contains("bob     kernel     2 frames in"), "{told}");
}

/// tshark finds bob and alice joining, and bob leaving.
fn igmp(lesson: &Lesson) {
    let unique = format!("igmp-{}.pcap", std::process::id());
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique);
    lesson.run(&["multicast", "--pcap", file.to_str().expect("UTF-8")]);
    let output = Command::new("tshark")
        .args([
            "-Y",
            "igmp",
            "-T",
            "fields",
            "-e",
            "ip.src",
            "-e",
            "igmp.maddr",
        ])
        .args(["-e", "igmp.record_type", "-r"])
        .arg(&file)
        .output()
        .expect("tshark runs");
    std::fs::remove_file(&file).expect("the capture is there");
    let read = String::from_utf8(output.stdout).expect("text");

    let read: Vec<_> = read.lines().collect();
    let (to_include, to_exclude) = (3, 4);
    let says = |who: &str, what| format!("{who}\t239.1.2.3\t{what}");
    assert_eq!(
        read,
        [
            says("10.0.0.2", to_exclude),
            says("10.0.0.1", to_exclude),
            says("10.0.0.2", to_include),
        ]
    );
}
