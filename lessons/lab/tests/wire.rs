//! What the lab does, seen in the frames of real kernels.
//!
//! The claims below run inside the lab, each in a process of its own.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use lab::{Fate, Host, Lab, Plan, Recording, Wire};
use support::transcript::Lesson;
use support::wire::Inside;

fn main() -> ExitCode {
    support::wire!()
        .shows_first("two-hosts", &[])
        .shows("faults", &[])
        .shows("hub", &[])
        .shows("loop", &[])
        .shows("offloads", &[])
        .opens_in_tshark("two-hosts")
        .opens_in_tshark("hub")
        .opens_in_tshark("loop")
        .inside(INSIDE)
        .claim("tshark_sees_a_wrong_checksum", a_wrong_checksum)
        .claim("an_ordinary_user_sees_the_same", as_an_ordinary_user)
        .claim("every_demo_has_a_transcript", |lab| {
            lab.has_a_transcript_of_every_demo();
        })
        .run()
}

const INSIDE: &[Inside] = &[
    ("a_host_can_have_a_name_and_an_etc_of_its_own", |mut lab| {
        let outside = fs::read("/etc/hosts").ok();
        let alice = lab.host("alice").unwrap();

        let look = || {
            let name = fs::read_to_string("/proc/sys/kernel/hostname")?;
            let files = fs::read_dir("/etc")?.map(|file| file.unwrap().path());
            let files = files.map(|path| fs::read_to_string(path).unwrap());
            Ok((name, files.collect::<Vec<_>>()))
        };
        let etc = &[("hosts", "10.0.0.1 alice\n")];
        let (name, files) =
            alice.spawn_with_etc(etc, look).join().unwrap().unwrap();

        assert_eq!(name, "alice\n");
        assert_eq!(files, ["10.0.0.1 alice\n"]);
        assert_eq!(fs::read("/etc/hosts").ok(), outside);
    }),
    ("a_dropped_frame_never_arrives", |lab| {
        let run = Run::with(lab, |plan| plan.drop(2, datagrams));
        assert_eq!(run.sends("123"), "13");
        assert_eq!(run.fate_of("2"), [Fate::Lost]);
    }),
    ("a_duplicated_frame_arrives_twice", |lab| {
        let run = Run::with(lab, |plan| plan.duplicate(2, datagrams));
        assert_eq!(run.sends("123"), "1223");
        assert_eq!(run.fate_of("2"), [Fate::Delivered, Fate::Duplicated]);
    }),
    ("a_delayed_frame_is_overtaken_and_late", |lab| {
        let run = Run::with(lab, |plan| plan.delay(2, LATER, datagrams));
        run.alice.send(b"1").unwrap();
        run.alice.send(b"2").unwrap();
        run.wire.wait_for(1, |seen| seen.bytes.ends_with(b"1")).unwrap();
        run.alice.send(b"3").unwrap();
        let late = |seen: &lab::Seen| seen.fate == Fate::Delayed;
        let late = run.wire.wait_for(1, late).unwrap();
        assert_eq!(run.sends(""), "132");
        assert!(late.arrived.unwrap() - late.at >= LATER);
    }),
    ("a_reordered_frame_comes_after_the_next", |lab| {
        let run = Run::with(lab, |plan| plan.reorder(2, datagrams));
        assert_eq!(run.sends("1234"), "1324");
        assert_eq!(run.fate_of("2"), [Fate::Reordered]);
    }),
    ("a_reordered_frame_with_no_next_comes_alone", |lab| {
        let run = Run::with(lab, |plan| plan.reorder(1, datagrams));
        run.alice.send(b"1").unwrap();
        assert_eq!(run.receive().as_deref(), Some("1"));
        let seen = &run.wire.stop().unwrap().frames[0];
        let waited = seen.arrived.unwrap() - seen.at;
        assert!(waited >= Duration::from_secs(1), "{waited:?}");
    }),
    ("a_corrupted_frame_fails_its_checksum", |lab| {
        let run = Run::with(lab, |plan| plan.corrupt(2, 42 * 8, datagrams));
        assert_eq!(run.sends("123"), "13");
        let recording = run.wire.stop().unwrap();
        let is = |seen: &&lab::Seen| seen.fate == Fate::Corrupted;
        let seen = recording.frames.iter().find(is).unwrap();
        assert_eq!(seen.bytes[42], b'2' ^ 0x80, "bit 0 is the highest");
    }),
    ("a_cut_cable_loses_all_and_a_mended_one_nothing", |lab| {
        let run = Run::with(lab, |plan| plan);
        run.wire.cut();
        run.alice.send(b"1").unwrap();
        run.wire.wait_for(1, |seen| seen.fate == Fate::Lost).unwrap();
        run.wire.mend();
        assert_eq!(run.sends("2"), "2");
    }),
    ("a_frame_beyond_the_mtu_of_the_wire_is_lost", |lab| {
        let run = Run::with(lab, |plan| plan.mtu(128));
        let fits = "x".repeat(100);
        run.alice.send((fits.clone() + "y").as_bytes()).unwrap();
        run.alice.send(fits.as_bytes()).unwrap();
        assert_eq!(run.receive(), Some(fits));
        let lost = &run.wire.stop().unwrap().frames[0];
        assert_eq!(lost.note, "129 bytes where 128 fit");
    }),
    ("a_host_with_a_smaller_mtu_sends_fragments", |mut lab| {
        let (alice, bob) = two(&mut lab);
        alice.set_mtu(576).unwrap();
        let wire = lab.join(Plan::new()).unwrap();
        let receiver = bob.enter(|| UdpSocket::bind("10.0.0.2:7")).unwrap();
        let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:7")).unwrap();
        sender.send_to(&[7; 1000], "10.0.0.2:7").unwrap();
        assert_eq!(receiver.recv(&mut [0; 2000]).unwrap(), 1000);
        // 20 + 552 bytes, since fragments hold a multiple of 8 bytes.
        assert_eq!(lengths(&wire.stop().unwrap()), [14 + 572, 14 + 476]);
    }),
    ("tcp_heals_a_lost_segment", |mut lab| {
        let (alice, bob) = two(&mut lab);
        let data = |f: &[u8]| f.len() == 1514;
        let wire = lab.join(Plan::new().drop(2, data)).unwrap();
        let listener = bob.enter(|| TcpListener::bind("10.0.0.2:7")).unwrap();
        let client = alice.spawn(|| TcpStream::connect("10.0.0.2:7"));
        let (mut server, _) = listener.accept().unwrap();
        let mut client = client.join().unwrap().unwrap();
        let sent: Vec<u8> = (0..20_000).map(|n| (n % 251) as u8).collect();
        client.write_all(&sent).unwrap();
        let mut came = vec![0; sent.len()];
        server.read_exact(&mut came).unwrap();
        assert_eq!(came, sent);
        let recording = wire.stop().unwrap();
        recording.unmatched().unwrap();
        assert!(lengths(&recording).iter().all(|n| *n <= 1514));
    }),
    ("a_rule_that_never_strikes_is_an_error", |lab| {
        let run =
            Run::with(lab, |plan| plan.drop(3, datagrams).called("the third"));
        run.sends("");
        let trouble = run.wire.stop().unwrap().unmatched().unwrap_err();
        assert_eq!(
            trouble.to_string(),
            "the plan was not carried out: drop the third: \
             1 of 3 frames came"
        );
    }),
    ("a_hub_gives_each_frame_to_all_others", |mut lab| {
        let (alice, bob) = two(&mut lab);
        let carol = lab.host("carol").unwrap();
        let wire = lab.join(Plan::new()).unwrap();
        let listen = |host: &Host| host.enter(|| UdpSocket::bind("0.0.0.0:7"));
        let (b, c) = (listen(&bob).unwrap(), listen(&carol).unwrap());
        let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:7")).unwrap();
        sender.set_broadcast(true).unwrap();
        sender.send_to(b"all", "10.0.0.255:7").unwrap();
        assert_eq!(b.recv(&mut [0; 8]).unwrap(), 3);
        assert_eq!(c.recv(&mut [0; 8]).unwrap(), 3);
        assert_eq!(&*wire.stop().unwrap().frames[0].to, "all");
    }),
    ("a_loop_opens_after_its_time", |mut lab| {
        let (alice, _bob) = two(&mut lab);
        let time = Duration::from_millis(50);
        let wire = lab.join(Plan::new().looped(usize::MAX, time)).unwrap();
        let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:7")).unwrap();
        sender.set_broadcast(true).unwrap();
        sender.send_to(b"x", "10.0.0.255:7").unwrap();
        let first = wire.wait_for(1, |_| true).unwrap().at;
        std::thread::sleep(2 * time);
        let recording = wire.stop().unwrap();
        let frames = &recording.frames;
        assert!(frames.iter().all(|seen| seen.at - first < time));
    }),
    ("a_wire_goes_on_without_a_host_that_is_gone", |mut lab| {
        let (alice, bob) = two(&mut lab);
        let carol = lab.host("carol").unwrap();
        let wire = lab.join(Plan::new()).unwrap();
        drop(bob);
        await_interfaces("alice carol lo");
        let run = Run::between(&alice, &carol, wire);
        assert_eq!(run.sends("12"), "12");
        run.wire.stop().unwrap();
    }),
    ("by_hand_a_frame_waits_until_it_is_passed", |mut lab| {
        let (alice, bob) = two(&mut lab);
        let mut hand = lab.by_hand().unwrap();
        let receiver = bob.enter(|| UdpSocket::bind("10.0.0.2:7")).unwrap();
        let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:7")).unwrap();
        for text in ["1", "2", "3"] {
            sender.send_to(text.as_bytes(), "10.0.0.2:7").unwrap();
        }
        receiver.set_nonblocking(true).unwrap();
        let waits = receiver.recv(&mut [0; 8]).unwrap_err();
        assert_eq!(waits.kind(), io::ErrorKind::WouldBlock);
        receiver.set_nonblocking(false).unwrap();
        let first = hand.next_from(&alice).unwrap();
        let second = hand.next_from(&alice).unwrap();
        hand.pass_next(&alice).unwrap();
        hand.lose(second);
        hand.pass(first).unwrap();
        let mut came = [0; 2];
        receiver.recv(&mut came[..1]).unwrap();
        receiver.recv(&mut came[1..]).unwrap();
        assert_eq!(&came, b"31");
        let fates = hand.stop().frames.into_iter().map(|seen| seen.fate);
        let fates: Vec<_> = fates.collect();
        assert_eq!(fates, [Fate::Delivered, Fate::Lost, Fate::Reordered]);
    }),
    ("a_frame_longer_than_a_cable_takes_is_on_record_as_lost", |mut lab| {
        let (alice, _bob) = two(&mut lab);
        let mut hand = lab.by_hand().unwrap();
        let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:7")).unwrap();
        sender.send_to(b"1", "10.0.0.2:7").unwrap();
        let mut frame = hand.next_from(&alice).unwrap();
        frame.bytes.resize(3000, 0);
        hand.pass(frame).unwrap();
        let seen = &hand.stop().frames[0];
        assert_eq!(seen.fate, Fate::Lost);
        assert_eq!(seen.note, "no host could take it");
    }),
    ("by_hand_a_frame_that_never_comes_is_not_waited_for", |mut lab| {
        let (alice, _bob) = two(&mut lab);
        let mut hand = lab.by_hand().unwrap();
        let began = Instant::now();
        let trouble = hand.next_from(&alice).unwrap_err();
        assert!(began.elapsed() >= Duration::from_secs(5));
        assert_eq!(
            trouble.to_string(),
            "wait for a frame from alice: Connection timed out (ETIMEDOUT)"
        );
    }),
    ("a_host_can_have_ipv6", |mut lab| {
        let (alice, bob) = two(&mut lab);
        alice.enable_ipv6().unwrap();
        bob.enable_ipv6().unwrap();
        let _wire = lab.join(Plan::new()).unwrap();
        let receiver = bob.enter(|| UdpSocket::bind("[fd00::2]:7")).unwrap();
        let sender = alice.enter(|| UdpSocket::bind("[fd00::1]:7")).unwrap();
        sender.send_to(b"six", "[fd00::2]:7").unwrap();
        assert_eq!(receiver.recv(&mut [0; 8]).unwrap(), 3);
    }),
    ("a_host_needs_a_name_that_an_interface_can_have", |mut lab| {
        for name in ["", "lo", "all", "a b", "../x", "sixteen-letters-x"] {
            let trouble = lab.host(name).unwrap_err().to_string();
            assert!(trouble.ends_with("(EINVAL)"), "{trouble}");
        }
        let _alice = lab.host("alice").unwrap();
        let trouble = lab.host("alice").unwrap_err().to_string();
        assert!(trouble.ends_with("(EEXIST)"), "{trouble}");
    }),
    ("a_wire_has_two_ends_or_more", |mut lab| {
        let _alice = lab.host("alice").unwrap();
        let trouble = lab.join(Plan::new()).unwrap_err();
        assert!(trouble.to_string().contains("two ends"), "{trouble}");
    }),
    ("a_setting_is_pinned_and_can_be_changed", |mut lab| {
        let (alice, _bob) = two(&mut lab);
        let read = |key: &str| {
            let path = format!("/proc/sys/net/ipv4/{key}");
            alice.enter(|| fs::read_to_string(path)).unwrap()
        };
        assert_eq!(read("tcp_timestamps").trim(), "0");
        alice.set("ipv4/tcp_timestamps", "1").unwrap();
        assert_eq!(read("tcp_timestamps").trim(), "1");
    }),
    ("nothing_stays_behind_when_a_lab_is_killed", killed_halfway),
    ("a_lab_entered_with_threads_says_so", |_lab| {
        let (_stay, end) = std::sync::mpsc::channel::<()>();
        std::thread::spawn(move || end.recv());
        let forbidden = Lab::enter().unwrap_err();
        assert_eq!(forbidden.cause, lab::Cause::Threads);
    }),
];

/// How much later a delayed frame comes.
const LATER: Duration = Duration::from_millis(50);

/// Two hosts that know each other.
fn two(lab: &mut Lab) -> (Host, Host) {
    let alice = lab.host("alice").unwrap();
    let bob = lab.host("bob").unwrap();
    lab.introduce(&[&alice, &bob]).unwrap();
    (alice, bob)
}

/// What a rule watches: IPv4.
fn datagrams(frame: &[u8]) -> bool {
    frame[12..14] == [0x08, 0x00]
}

fn lengths(recording: &Recording) -> Vec<usize> {
    recording.frames.iter().map(|seen| seen.bytes.len()).collect()
}

/// Two hosts, a wire with a plan, and a socket at each end.
struct Run {
    alice: UdpSocket,
    bob: UdpSocket,
    wire: Wire,
    _hosts: [Host; 2],
}

impl Run {
    fn with(mut lab: Lab, plan: impl Fn(Plan) -> Plan) -> Self {
        let (alice, bob) = two(&mut lab);
        let wire = lab.join(plan(Plan::new())).unwrap();
        Self::between(&alice, &bob, wire)
    }

    fn between(alice: &Host, bob: &Host, wire: Wire) -> Self {
        let bind = |host: &Host| {
            let socket = host.enter(|| UdpSocket::bind((host.address(), 7)));
            let socket = socket.unwrap();
            let limit = Duration::from_secs(5);
            socket.set_read_timeout(Some(limit)).unwrap();
            socket
        };
        let (from, to) = (bind(alice), bind(bob));
        from.connect(to.local_addr().unwrap()).unwrap();
        let hosts = [alice.clone(), bob.clone()];
        Run { alice: from, bob: to, wire, _hosts: hosts }
    }

    /// Sends each letter as a datagram, and gives those that came.
    fn sends(&self, letters: &str) -> String {
        for letter in letters.chars() {
            self.alice.send(letter.to_string().as_bytes()).unwrap();
        }
        self.alice.send(b".").unwrap();
        let came = std::iter::from_fn(|| self.receive());
        came.take_while(|text| text != ".").collect()
    }

    fn receive(&self) -> Option<String> {
        let mut buffer = [0; 2000];
        let count = self.bob.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..count]).into_owned())
    }

    fn fate_of(self, letter: &str) -> Vec<Fate> {
        let recording = self.wire.stop().unwrap();
        recording.unmatched().unwrap();
        let ours = |seen: &&lab::Seen| seen.bytes.ends_with(letter.as_bytes());
        recording.frames.iter().filter(ours).map(|seen| seen.fate).collect()
    }
}

/// The names of this namespace's interfaces.
fn interfaces() -> String {
    let table = fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    let names = table.lines().skip(2).filter_map(|line| line.split_once(':'));
    let mut names: Vec<_> = names.map(|(name, _)| name.trim()).collect();
    names.sort_unstable();
    names.join(" ")
}

/// The kernel takes a namespace away some time after its last user left.
fn await_interfaces(due: &str) {
    let began = Instant::now();
    while interfaces() != due {
        assert!(began.elapsed() < Duration::from_secs(10), "{}", interfaces());
        std::thread::yield_now();
    }
}

/// A lab in which another lab is killed, again and again, more often than
/// the outer one may have namespaces: if one stayed behind each time, the
/// last would not begin.
fn killed_halfway(_lab: Lab) {
    fs::write("/proc/sys/user/max_net_namespaces", "12").unwrap();
    for round in 0..10 {
        let began = Instant::now();
        while !starts_and_is_killed() {
            let time = began.elapsed();
            assert!(time < Duration::from_secs(10), "no room: {round}");
        }
        assert_eq!(interfaces(), "lo");
    }
}

/// Starts the tool that keeps two hosts, kills it when they are there, and
/// says whether it came so far.
fn starts_and_is_killed() -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lab"))
        .arg("keep")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let started = stdout.lines().any(|line| line.unwrap().contains("Ctrl-D"));
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let children = fs::read_to_string(children).unwrap_or_default();
    assert_eq!(children, "", "no process that could stay behind");
    // SIGKILL: nothing in the process gets a chance to clean up.
    child.kill().unwrap();
    child.wait().unwrap();
    started
}

/// Root runs a copy of the program as nobody, from where everybody may read
/// it. Anybody else is an ordinary user already.
fn as_an_ordinary_user(lab: &Lesson) {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return;
    }
    let copy = format!("lab-{}", std::process::id());
    let copy = std::env::temp_dir().join(copy);
    fs::copy(env!("CARGO_BIN_EXE_lab"), &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    let as_nobody = |_| {
        let mut command = Command::new(&copy);
        command.uid(65534).gid(65534);
        command
    };

    let (told, _) = lab.run_by(as_nobody, &["two-hosts"]);
    fs::remove_file(&copy).unwrap();

    let recorded = lab.snapshot("two-hosts");
    assert_eq!(told, recorded.split_once('\n').unwrap().1);
}

/// The oracle of `opens_in_tshark` is not blind.
fn a_wrong_checksum(lab: &Lesson) {
    let file = format!("wrong-{}.pcap", std::process::id());
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
    lab.run(&["faults", "--pcap", file.to_str().unwrap()]);
    let bad = support::wire::bad_frames(&file);
    fs::remove_file(&file).unwrap();
    assert_eq!(bad.lines().count(), 1, "{bad}");
}
