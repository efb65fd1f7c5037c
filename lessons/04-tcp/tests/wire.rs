//! What the demos on the wire print, as the book shows it, and what the
//! chapter says of hosts and wires in words only.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::process::ExitCode;

use lab::{Lab, Plan};

fn main() -> ExitCode {
    support::wire!()
        .shows("handshake", &[])
        .shows("close", &[])
        .shows("states", &[])
        .shows("loss", &[])
        .shows("vanish", &[])
        .shows("wire-delivered", &[])
        .shows("wire-half-close", &[])
        .shows("wire-reset", &[])
        .records("handshake")
        .records("close")
        .records("states")
        .records("loss")
        .records("vanish")
        .opens_in_tshark("handshake")
        .opens_in_tshark("close")
        .opens_in_tshark("states")
        .opens_in_tshark("loss")
        .opens_in_tshark("vanish")
        .opens_in_tshark("wire-delivered")
        .opens_in_tshark("wire-half-close")
        .opens_in_tshark("wire-reset")
        .inside(&[
            ("an_address_that_nobody_has_is_unreachable", nobody),
            ("a_new_host_has_the_patience_that_the_chapter_says", patience),
        ])
        .run()
}

fn nobody(mut lab: Lab) {
    let (alice, bob) = (lab.host("alice").unwrap(), lab.host("bob").unwrap());
    let _wire = lab.join(Plan::new()).unwrap();
    // Three questions by ARP, a second apart; here less, arp(7).
    alice.set("ipv4/neigh/eth0/retrans_time_ms", "20").unwrap();

    let error =
        alice.enter(|| TcpStream::connect("10.0.0.9:8080")).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::HostUnreachable);
    drop(bob);
}

fn patience(mut lab: Lab) {
    let host = lab.host("alice").unwrap();
    for (key, due) in [
        ("tcp_retries2", "15"),
        ("tcp_keepalive_time", "7200"),
        ("tcp_early_retrans", "3"),
    ] {
        let path = format!("/proc/sys/net/ipv4/{key}");
        let value = host.enter(|| fs::read_to_string(&path)).unwrap();

        assert_eq!(value.trim(), due, "{key}");
    }
}
