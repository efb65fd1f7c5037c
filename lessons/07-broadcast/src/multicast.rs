//! A group instead of everybody: whoever wants its datagrams joins, and
//! everybody else's kernel drops them. RFC 1112; IP_ADD_MEMBERSHIP in ip(7).
//!
//! ```text
//! 224.0.0.0/4        groups
//! 224.0.0.0/24       on this link only, never routed
//! 239.0.0.0/8        for use within a site (RFC 2365)
//! ```
//!
//! Start reading at [`run`].

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use lab::{Capture, Plan, Seen};
use narrator::{line, say};
use socket2::SockRef;

use crate::igmp::{Change, change};
use crate::scene::{Ear, Hub, destination, packet};

const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 2, 3);
const TO: SocketAddrV4 = SocketAddrV4::new(GROUP, 8888);
const EVERYWHERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 8888);

/// Join, leave, and what the options of a sender do.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/multicast.snap");
    let Some(mut lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let hub = Hub::open(&mut lab, Plan::new())?;
    let scene = Scene {
        alice: hub.ear(&hub.alice, EVERYWHERE)?,
        bob: hub.ear(&hub.bob, EVERYWHERE)?,
        carol: hub.ear(&hub.carol, EVERYWHERE)?,
        hub,
    };
    scene.interface()?;
    let parts = [
        Scene::nobody,
        Scene::join,
        Scene::beside,
        Scene::oneself,
        Scene::reach,
        Scene::leave,
        Scene::refusals,
    ];
    for part in parts {
        line("");
        part(&scene)?;
    }
    capture.write(&scene.hub.end()?)?;
    Ok(())
}

struct Scene {
    hub: Hub,
    alice: Ear,
    bob: Ear,
    carol: Ear,
}

impl Scene {
    /// No route tells where groups are: the sender names an interface.
    fn interface(&self) -> io::Result<()> {
        let alice = &self.alice;
        let sent = alice.socket.send_to(b"where?", TO);
        alice.refused("sendto", TO, sent)?;
        let address = alice.host.address();
        SockRef::from(&alice.socket).set_multicast_if_v4(&address)?;
        alice.say("setsockopt", format_args!("IP_MULTICAST_IF: {address}"));
        Ok(())
    }

    fn nobody(&self) -> io::Result<()> {
        self.send("1")?;
        self.bob.hears_nothing("")?;
        self.carol.hears_nothing("")
    }

    // ANCHOR: join
    /// Bob joins, and his kernel tells the link by IGMP.
    fn join(&self) -> io::Result<()> {
        let (group, interface) = (GROUP, self.bob.host.address());
        self.bob.socket.join_multicast_v4(&group, &interface)?;
        self.told(&self.bob, Change::Joined(GROUP))?;
        self.send("2")?;
        self.bob.hears("2")?;
        self.carol.hears_nothing("")
    }
    // ANCHOR_END: join

    /// A membership is the host's: another socket on the port hears, too.
    fn beside(&self) -> io::Result<()> {
        let other = self.hub.ear(&self.bob.host, EVERYWHERE)?;
        other.say("bind", format_args!("{EVERYWHERE}, another socket"));
        self.send("3")?;
        self.bob.hears("3")?;
        other.hears_as("3", ", the other: it has joined nothing")?;
        // ip(7): only what this socket itself has joined.
        SockRef::from(&other.socket).set_multicast_all_v4(false)?;
        other.say("setsockopt", "IP_MULTICAST_ALL: off, the other");
        self.send("4")?;
        self.bob.hears("4")?;
        other.hears_nothing(", the other")
    }

    /// Whoever is a member hears what it sends, unless it doesn't want to.
    fn oneself(&self) -> io::Result<()> {
        let alice = &self.alice;
        let interface = alice.host.address();
        alice.socket.join_multicast_v4(&GROUP, &interface)?;
        self.told(alice, Change::Joined(GROUP))?;
        self.send("5")?;
        alice.hears("5")?;
        self.bob.hears("5")?;
        alice.socket.set_multicast_loop_v4(false)?;
        alice.say("setsockopt", "IP_MULTICAST_LOOP: off");
        self.send("6")?;
        alice.hears_nothing("")?;
        self.bob.hears("6")?;
        alice.socket.set_multicast_loop_v4(true)?;
        alice.say("setsockopt", "IP_MULTICAST_LOOP: on");
        Ok(())
    }

    /// The TTL says how far: 1 is this link, and 0 is this host.
    fn reach(&self) -> io::Result<()> {
        let alice = &self.alice;
        let ttl = alice.socket.multicast_ttl_v4()?;
        alice.say("getsockopt", format_args!("IP_MULTICAST_TTL: {ttl}"));
        alice.socket.set_multicast_ttl_v4(0)?;
        alice.say("setsockopt", "IP_MULTICAST_TTL: 0");
        alice.send("7", TO)?;
        alice.hears("7")?;
        alice.socket.set_multicast_ttl_v4(4)?;
        alice.say("setsockopt", "IP_MULTICAST_TTL: 4");
        // The next datagram on the wire is 8: there was no 7.
        self.send("8")?;
        alice.hears("8")?;
        self.bob.hears("8")
    }

    fn leave(&self) -> io::Result<()> {
        let bob = &self.bob;
        bob.socket.leave_multicast_v4(&GROUP, &bob.host.address())?;
        self.told(bob, Change::Left(GROUP))?;
        self.send("9")?;
        self.alice.hears("9")?;
        bob.hears_nothing("")
    }

    /// No such interface; no such group; a member already, and none.
    fn refusals(&self) -> io::Result<()> {
        let (bob, own) = (&self.bob, self.bob.host.address());
        let missing = Ipv4Addr::new(10, 0, 0, 9);
        let join = |group, at| bob.socket.join_multicast_v4(&group, &at);
        let what = format!("join {GROUP} at {missing}");
        bob.refused("setsockopt", what, join(GROUP, missing))?;
        let what = format!("join {own} at {own}");
        bob.refused("setsockopt", what, join(own, own))?;
        let again = self
            .alice
            .socket
            .join_multicast_v4(&GROUP, &self.alice.host.address());
        let what = "join again";
        self.alice.refused("setsockopt", what, again)?;
        let what = "leave again";
        let left = bob.socket.leave_multicast_v4(&GROUP, &own);
        bob.refused("setsockopt", what, left)
    }

    /// Alice sends to the group; the frame as the wire sees it.
    fn send(&self, text: &str) -> io::Result<()> {
        self.alice.send(text, TO)?;
        let seen = self.hub.passes(text)?;
        let ttl = packet(&seen.bytes)?.time_to_live();
        let mac = destination(&seen)?;
        say("wire", "frame", format_args!("→ {mac}, TTL {ttl}"));
        Ok(())
    }

    /// A call that joins or leaves, and the report that follows it.
    fn told(&self, ear: &Ear, due: Change) -> io::Result<()> {
        let (call, what) = match due {
            Change::Joined(_) => ("IP_ADD_MEMBERSHIP", "has joined"),
            Change::Left(_) => ("IP_DROP_MEMBERSHIP", "has left"),
        };
        ear.say("setsockopt", format_args!("{call}: {GROUP}"));
        let name = ear.host.name();
        let its = |seen: &Seen| {
            *seen.from == *name && change(&seen.bytes) == Some(due)
        };
        let seen = self.hub.wire.wait_for(1, its)?;
        let packet = packet(&seen.bytes)?;
        let (from, to) = (packet.source(), packet.destination());
        say("wire", "igmp", format_args!("{from} → {to}: {what} {GROUP}"));
        Ok(())
    }
}
