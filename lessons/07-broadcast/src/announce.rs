//! One call of `sendto`, and three hosts that hear it: RFC 919. Beside it a
//! datagram to one host, and one to a group: RFC 1112.
//!
//! ```text
//! to 10.0.0.255   ff:ff:ff:ff:ff:ff   every host's kernel takes it
//! to 10.0.0.2     02:00:00:00:00:02   bob's
//! to 239.1.2.3    01:00:5e:01:02:03   theirs who have joined
//! ```
//!
//! On a hub each frame comes to every interface. What differs is who takes
//! it from there. Start reading at [`play`].

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use lab::{Host, Lab, Plan, Record, Recording};
use lesson_broadcast::bound;
use lesson_osi_layers::counters::Counters;
use narrator::{line, say};
use serde::Serialize;

use crate::scene::{Hub, datagram, destination, frames_in, receive, silent};

/// The port of the three who hear everybody.
const PORT: u16 = 8888;
/// A port whose sockets are bound to three different addresses.
const OTHER: u16 = 9999;
/// The group that bob joins.
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 2, 3);

/// A datagram that alice sends, and what becomes of it.
struct Cast {
    kind: &'static str,
    to: SocketAddrV4,
    text: &'static str,
    why: &'static str,
    /// For alice, bob and carol: whether a program of theirs hears it, and
    /// why.
    fates: [(bool, &'static str); 3],
}

const CASTS: [Cast; 4] = [
    Cast {
        kind: "broadcast",
        to: SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 255), PORT),
        text: "to everybody",
        why: "10.0.0.255 is the broadcast address of 10.0.0.0/24. The frame \
              goes to ff:ff:ff:ff:ff:ff, and every kernel takes it.",
        fates: [
            (true, "no card hears what it sends: her kernel keeps a copy"),
            (true, "the frame is for everybody"),
            (true, "the frame is for everybody"),
        ],
    },
    Cast {
        kind: "unicast",
        to: SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), PORT),
        text: "to bob",
        why: "The frame goes to bob's Ethernet address. The hub gives it to \
              carol, too, and her kernel drops it.",
        fates: [
            (false, "she sent it to somebody else"),
            (true, "the frame is for his address"),
            (false, "the frame came in, and is for another: dropped"),
        ],
    },
    Cast {
        kind: "multicast",
        to: SocketAddrV4::new(GROUP, PORT),
        text: "to the group",
        why: "The frame goes to an Ethernet address made from the group's. \
              Only the kernel of a member takes it.",
        fates: [
            (false, "she sends to the group, and isn't in it"),
            (true, "he has joined the group"),
            (false, "the frame came in, and she hasn't joined: dropped"),
        ],
    },
    Cast {
        kind: "broadcast",
        to: SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 255), OTHER),
        text: "to port 9999",
        why: "Every kernel takes the frame, and then looks for a socket whose \
              address fits 10.0.0.255.",
        fates: [
            (true, "her socket is bound to the broadcast address itself"),
            (true, "his socket is bound to every address"),
            (false, "the socket is bound to 10.0.0.3, which isn't 10.0.0.255"),
        ],
    },
];

/// The four datagrams, told or recorded.
pub fn run(record: Record) -> io::Result<()> {
    let entered = record.enter(
        include_str!("../tests/snapshots/announce.snap"),
        include_str!("../tests/snapshots/announce.json.snap"),
    )?;
    let Some(mut lab) = entered else { return Ok(()) };
    let (run, recording) = play(&mut lab)?;
    match record.json {
        true => run.print(),
        false => run.tell(),
    }
    Ok(record.capture.write(&recording)?)
}

/// Three hosts, two sockets each; alice sends all four.
fn play(lab: &mut Lab) -> io::Result<(Run, Recording)> {
    let hub = Hub::open(lab, Plan::new())?;
    let open = |host: &Host, at: &str, port| -> io::Result<_> {
        let at = SocketAddrV4::new(parse(at)?, port);
        Ok(Bound { host: host.clone(), at, socket: host.enter(|| bound(at))? })
    };
    let everywhere = hub.hosts().map(|host| open(host, "0.0.0.0", PORT));
    let [alice, bob, carol] = everywhere;
    let everywhere = [alice?, bob?, carol?];
    let elsewhere = [
        open(&hub.alice, "10.0.0.255", OTHER)?,
        open(&hub.bob, "0.0.0.0", OTHER)?,
        open(&hub.carol, "10.0.0.3", OTHER)?,
    ];
    let sender = &everywhere[0].socket;
    permit(sender, hub.alice.address())?;
    join(&hub, &everywhere[1].socket)?;

    let mut sends = Vec::new();
    for cast in &CASTS {
        let ears =
            if cast.to.port() == PORT { &everywhere } else { &elsewhere };
        sends.push(send(&hub, sender, cast, ears)?);
    }
    let run = Run::new(&hub, sends);
    Ok((run, hub.end()?))
}

fn parse(address: &str) -> io::Result<Ipv4Addr> {
    address.parse().map_err(io::Error::other)
}

// ANCHOR: permit
/// What alice's socket needs beside an address: leave to broadcast, and the
/// interface for groups.
fn permit(sender: &UdpSocket, interface: Ipv4Addr) -> io::Result<()> {
    // SO_BROADCAST, socket(7).
    sender.set_broadcast(true)?;
    // IP_MULTICAST_IF, ip(7): no route says where groups are.
    socket2::SockRef::from(sender).set_multicast_if_v4(&interface)
}
// ANCHOR_END: permit

/// Bob joins the group, and his kernel has told the network.
fn join(hub: &Hub, socket: &UdpSocket) -> io::Result<()> {
    // IP_ADD_MEMBERSHIP, ip(7): this group, on the interface with this
    // address.
    socket.join_multicast_v4(&GROUP, &hub.bob.address())?;
    hub.wire.wait_for(1, |seen| datagram(&seen.bytes).is_none())?;
    Ok(())
}

/// A socket, and whose it is.
struct Bound {
    host: Host,
    at: SocketAddrV4,
    socket: UdpSocket,
}

/// Sends one datagram, and finds out how far it came at each host.
fn send(
    hub: &Hub,
    sender: &UdpSocket,
    cast: &'static Cast,
    ears: &[Bound; 3],
) -> io::Result<Sent> {
    let before = look(hub)?;
    sender.send_to(cast.text.as_bytes(), cast.to)?;
    let seen = hub.passes(cast.text)?;
    let mut hosts = Vec::new();
    for (ear, fate) in ears.iter().zip(cast.fates) {
        hosts.push(hear(ear, cast, fate)?);
    }
    for ((host, before), after) in hosts.iter_mut().zip(before).zip(look(hub)?)
    {
        (host.frame, host.taken) = (after.0 > before.0, after.1 > before.1);
    }
    Ok(Sent {
        kind: cast.kind,
        from: "alice",
        to: cast.to.to_string(),
        mac: destination(&seen)?.to_string(),
        text: cast.text,
        why: cast.why,
        hosts,
    })
}

/// What each host has counted: frames that came in, and packets that its
/// kernel took for itself.
fn look(hub: &Hub) -> io::Result<Vec<(u64, u64)>> {
    let one = |host| -> io::Result<_> {
        Ok((frames_in(host)?, Counters::of(host)?.get("Ip InDelivers")))
    };
    hub.hosts().into_iter().map(one).collect()
}

/// Receives what is due, and makes sure that nothing else is there.
fn hear(
    ear: &Bound,
    cast: &Cast,
    (due, why): (bool, &'static str),
) -> io::Result<Outcome> {
    let mut source = None;
    if due {
        let (text, from) = receive(&ear.socket)?;
        if text != cast.text {
            return Err(io::Error::other(format!("{text:?} out of turn")));
        }
        source = Some(from);
    }
    if !silent(&ear.socket)? {
        let name = ear.host.name();
        return Err(io::Error::other(format!("{name} has heard too much")));
    }
    Ok(Outcome {
        name: ear.host.name().into(),
        frame: false,
        taken: false,
        heard: due,
        bound: ear.at.to_string(),
        why,
        source,
    })
}

impl Run {
    fn new(hub: &Hub, sends: Vec<Sent>) -> Self {
        let role = |host: &Host| HostOf {
            name: host.name().into(),
            address: host.address().to_string(),
            mac: lesson_osi_layers::ethernet::Mac(host.mac()).to_string(),
        };
        Run {
            demo: "announce",
            title: "Who hears it",
            hosts: hub.hosts().map(role),
            sends,
        }
    }

    /// The run as JSON, for the widget.
    fn print(&self) {
        // Strings and truth values only: nothing in it can fail to be JSON.
        if let Ok(json) = serde_json::to_string_pretty(self) {
            line(json);
        }
    }

    /// The run as a story.
    fn tell(&self) {
        let [first, .., last] = &self.sends[..] else { return };
        first.tell_binds();
        say("alice", "setsockopt", "SO_BROADCAST: on");
        say("bob", "setsockopt", format_args!("IP_ADD_MEMBERSHIP: {GROUP}"));
        for sent in &self.sends {
            line("");
            if std::ptr::eq(sent, last) {
                sent.tell_binds();
            }
            sent.tell();
        }
    }
}

impl Sent {
    fn tell_binds(&self) {
        for host in &self.hosts {
            say(&host.name, "bind", &host.bound);
        }
    }

    fn tell(&self) {
        let Sent { text, to, mac, .. } = self;
        let count = text.len();
        let what = format!("{count} bytes: {text:?} → {to}");
        say("alice", "sendto", what);
        say("wire", "frame", format_args!("→ {mac}"));
        for host in &self.hosts {
            let (name, why) = (&host.name, host.why);
            match (&host.source, host.taken, host.frame) {
                (Some(from), ..) => {
                    say(name, "recvfrom", format_args!("{text:?} ← {from}"));
                }
                (None, true, _) => say(name, "kernel", why),
                (None, false, true) => say(name, "eth0", why),
                (None, false, false) => {}
            }
        }
    }
}

/// The run as the book's widget wants it.
#[derive(Serialize)]
struct Run {
    demo: &'static str,
    title: &'static str,
    hosts: [HostOf; 3],
    sends: Vec<Sent>,
}

#[derive(Serialize)]
struct HostOf {
    name: String,
    address: String,
    mac: String,
}

#[derive(Serialize)]
struct Sent {
    kind: &'static str,
    from: &'static str,
    to: String,
    mac: String,
    text: &'static str,
    why: &'static str,
    hosts: Vec<Outcome>,
}

/// How far a datagram came at one host.
#[derive(Serialize)]
struct Outcome {
    name: String,
    /// The frame came in at its eth0.
    frame: bool,
    /// Its kernel took the packet for one of its own.
    taken: bool,
    /// A program received the datagram.
    heard: bool,
    /// What the socket in question is bound to.
    bound: String,
    why: &'static str,
    #[serde(skip)]
    source: Option<SocketAddr>,
}
