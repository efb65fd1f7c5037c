//! What the demos in the lab print, as the book shows it; and what the
//! program says on machines that lack something.

use std::process::{Command, ExitCode, Output};
use std::time::{Duration, Instant};

use lab::Lab;
use support::wire::Inside;

fn main() -> ExitCode {
    support::wire!()
        .shows_first("lookup", &[])
        .shows("resolve", &[])
        .shows("reverse", &[])
        .shows("localhost", &[])
        .shows("wildcard", &[])
        .replays_without_ipv6("resolve")
        .replays_without_ipv6("localhost")
        .replays_without_ipv6("wildcard")
        .records("resolve")
        .records("reverse")
        .opens_in_tshark("lookup")
        .opens_in_tshark("resolve")
        .opens_in_tshark("reverse")
        .inside(INSIDE)
        .run()
}

type Etc = &'static [(&'static str, &'static str)];

/// nsswitch.conf of a machine that asks no name server.
const FILES_ONLY: (&str, &str) = ("nsswitch.conf", "hosts: files\n");

const INSIDE: &[Inside] = &[
    ("a_name_that_no_source_has_is_refused", |lab| {
        let etc: Etc = &[("hosts", "10.0.0.2 bob\n"), FILES_ONLY];
        let long = "x".repeat(300);
        let names = ["nobody", "", "a\nb", "1.2.3.4 garbage", "é..é", &long];
        let run = names.map(|name| vec!["resolve".into(), name.to_string()]);
        let [nobody, others @ ..] = &on_alice(lab, etc, run)[..] else {
            panic!("an answer for each name");
        };
        let due = "lesson-names: resolve nobody: Name or service not known\n";
        assert_eq!(told(nobody), due);
        for output in others {
            assert!(!told(output).contains("panic"), "{}", told(output));
        }
    }),
    ("a_name_of_the_file_is_found_without_a_network", |lab| {
        let etc: Etc = &[("hosts", "10.0.0.2 bob\n"), FILES_ONLY];
        let run = [vec!["resolve".into(), "bob".into()]];

        let [output] = &on_alice(lab, etc, run)[..] else { panic!() };

        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(text, "bob     has        10.0.0.2\none address\n");
    }),
    ("a_machine_without_services_hosts_or_resolver_says_so", |lab| {
        let run = [["service", "https"], ["resolve", "bob"]];
        let run = run.map(|line| line.map(String::from).to_vec());

        let [service, resolve] = &on_alice(lab, &[], run)[..] else {
            panic!("an answer for each");
        };

        let why = "lesson-names: read /etc/services: this machine has no such \
                   file (Debian's package netbase brings it); name another \
                   with --file\n";
        assert_eq!(told(service), why);
        let why = "lesson-names: resolve bob: ";
        assert!(told(resolve).starts_with(why), "{}", told(resolve));
    }),
    ("a_name_server_that_never_answers_is_not_waited_for", |lab| {
        let etc: Etc = &[
            ("nsswitch.conf", "hosts: dns\n"),
            (
                "resolv.conf",
                "nameserver 10.0.0.1\noptions timeout:30 attempts:5\n",
            ),
        ];
        let run = [vec!["resolve".into(), "silent.lab".into()]];
        let began = Instant::now();

        let [output] = &on_alice(lab, etc, run)[..] else { panic!() };

        let why = "lesson-names: resolve silent.lab: no answer within 5 \
                   seconds; ";
        assert!(told(output).starts_with(why), "{}", told(output));
        assert!(began.elapsed() < Duration::from_secs(25));
    }),
];

/// What the program says when alice, whose /etc is this, runs it with each
/// of these arguments. On port 53 of her own sits one who never answers.
fn on_alice<const N: usize>(
    mut lab: Lab,
    etc: Etc,
    run: [Vec<String>; N],
) -> Vec<Output> {
    let alice = lab.host("alice").unwrap();
    let silent = alice.enter(|| std::net::UdpSocket::bind("10.0.0.1:53"));
    let thread = alice.spawn_with_etc(etc, move || {
        run.iter()
            .map(|arguments| {
                Command::new(env!("CARGO_BIN_EXE_lesson-names"))
                    .args(arguments)
                    .output()
            })
            .collect()
    });
    let outputs = thread.join().unwrap().unwrap();
    drop(silent);
    outputs
}

/// The one line on stderr of a run that failed honestly.
#[track_caller]
fn told(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}
