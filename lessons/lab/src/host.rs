//! The lab and its hosts: a network namespace each, with an eth0.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use narrator::{During, Trouble};
use nix::unistd::getegid;

use crate::by_hand::ByHand;
use crate::forbidden::{self, Forbidden};
use crate::link::{self, Mac};
use crate::namespace::Namespace;
use crate::own;
use crate::plan::Plan;
use crate::port::Port;
use crate::wire::Wire;

/// The longest packet on the wire, in bytes: Ethernet's 1,500.
const MTU: u32 = 1500;

// ANCHOR: pinned
/// What differs between machines and versions, set to one value for each
/// host, so that every reader sees the same frames: ip(7), tcp(7).
const PINNED: [(&str, &str); 15] = [
    ("ipv6/conf/all/disable_ipv6", "1"),
    ("ipv6/conf/default/disable_ipv6", "1"),
    ("ipv4/conf/all/rp_filter", "0"),
    ("ipv4/conf/default/rp_filter", "0"),
    ("ipv4/igmp_qrv", "1"),
    ("ipv4/ip_local_port_range", "40000 49999"),
    ("ipv4/tcp_congestion_control", "reno"),
    ("ipv4/tcp_ecn", "0"),
    ("ipv4/tcp_no_metrics_save", "1"),
    ("ipv4/tcp_rmem", "4096 131072 6291456"),
    ("ipv4/tcp_sack", "1"),
    ("ipv4/tcp_timestamps", "0"),
    ("ipv4/tcp_window_scaling", "1"),
    ("ipv4/tcp_wmem", "4096 16384 4194304"),
    ("ipv4/tcp_mtu_probing", "0"),
];
// ANCHOR_END: pinned

/// A process in namespaces of its own, where it may do as it likes: it is
/// root in there, and nobody outside notices.
#[derive(Debug)]
pub struct Lab {
    home: Arc<Namespace>,
    hosts: u8,
    /// The wire's ends of the hosts that nothing joins yet.
    ports: Vec<Port>,
}

impl Lab {
    /// Enters a new user namespace and a new network namespace:
    /// `unshare(2)`. To be called first of all, while the process has one
    /// thread: only then may it change its user namespace.
    ///
    /// Errors: [`Forbidden`] where the machine doesn't allow it.
    pub fn enter() -> Result<Lab, Forbidden> {
        let home = Arc::new(forbidden::enter_namespaces()?);
        Ok(Lab { home, hosts: 0, ports: Vec::new() })
    }

    /// Enters as [`enter`](Self::enter) does, for hosts that speak IPv6.
    ///
    /// Errors: [`Forbidden`] where the kernel has none, too.
    pub fn enter_with_ipv6() -> Result<Lab, Forbidden> {
        let lab = Self::enter()?;
        forbidden::find_ipv6()?;
        Ok(lab)
    }

    /// Enters as [`enter`](Self::enter) does. Where that is forbidden, says
    /// so in one line on stderr, plays the recorded run instead, and gives
    /// `None`. `recorded` is the demo's snapshot, header and all.
    pub fn enter_or_replay(recorded: &str) -> Option<Lab> {
        forbidden::or_replay(Self::enter(), recorded)
    }

    /// A new host: a network namespace with an `eth0` that has a cable,
    /// plugged in nowhere yet. The first gets 10.0.0.1/24 and the Ethernet
    /// address 02:00:00:00:00:01, the second 10.0.0.2/24, and so on.
    ///
    /// `name` names the cable too, so it has 1 to 15 letters or digits.
    ///
    /// Errors: EINVAL for another name, EEXIST for one that is taken, ENOSPC
    /// after 254 hosts or when `user.max_net_namespaces` is reached.
    pub fn host(&mut self, name: &str) -> Result<Host, Trouble> {
        let doing = format!("make host {name}");
        check_name(name).during(&doing)?;
        let number = self.hosts.checked_add(1).filter(|n| *n < 255);
        let number = number.ok_or(nix::errno::Errno::ENOSPC).during(&doing)?;
        let namespace = Namespace::new().during(&doing)?;
        let host =
            Host { name: name.into(), number, namespace: namespace.into() };
        let port = self.home.enter(|| Ok(plug(&host)?)).during(&doing)?;
        host.namespace.enter(|| Ok(host.set_up()?)).during(&doing)?;
        self.hosts = number;
        self.ports.push(port);
        Ok(host)
    }

    /// Tells each of the hosts the Ethernet addresses of the others, so that
    /// none has to ask: no ARP on the wire.
    pub fn introduce(&self, hosts: &[&Host]) -> Result<(), Trouble> {
        for host in hosts {
            for other in hosts.iter().filter(|o| o.number != host.number) {
                let tell = || {
                    link::add_neighbour("eth0", other.address(), other.mac())
                };
                host.namespace
                    .enter(|| Ok(tell()?))
                    .during(format_args!("introduce {other} to {host}"))?;
            }
        }
        Ok(())
    }

    /// Joins the hosts made since the last join: a thread carries the frames
    /// between them, and `plan` says what goes wrong. With three or more
    /// hosts the wire is a hub: each frame goes to all others.
    pub fn join(&mut self, plan: Plan) -> Result<Wire, Trouble> {
        Wire::start(std::mem::take(&mut self.ports), plan)
    }

    /// Joins the hosts made since the last join, and carries nothing by
    /// itself: each frame waits until the caller has decided.
    pub fn by_hand(&mut self) -> Result<ByHand, Trouble> {
        Ok(ByHand::new(std::mem::take(&mut self.ports)))
    }
}

/// Makes the host's cable: a veth pair whose near end the wire will read.
fn plug(host: &Host) -> Result<Port, Trouble> {
    let name = &*host.name;
    // The lab's own ends keep quiet: no address, no IPv6.
    pin("ipv6/conf/default/disable_ipv6", "1")?;
    link::make_veth(name, &host.namespace, host.mac(), MTU)?;
    link::set_offloads(name, false)?;
    // The near end first: then eth0 has a carrier from its first moment on,
    // and its kernel loses none of the first frames.
    link::set_up(name)?;
    Port::open(host)
}

fn check_name(name: &str) -> io::Result<()> {
    let fits = (1..16).contains(&name.len()) && name != "lo" && name != "all";
    match fits && name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        true => Ok(()),
        false => Err(nix::errno::Errno::EINVAL.into()),
    }
}

/// Writes a value of this thread's network namespace to `/proc/sys/net`.
/// What the kernel doesn't have (no IPv6, an older version) needs no value.
fn pin(key: &str, value: &str) -> Result<(), Trouble> {
    match fs::write(format!("/proc/sys/net/{key}"), value) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        written => written
            .during(format_args!("write {value:?} to /proc/sys/net/{key}")),
    }
}

/// A host: a network namespace with an eth0 and a lo.
///
/// It lives as long as this value, a clone of it, a socket made there or a
/// thread inside. Then its interfaces go, and the wire goes on without it.
#[derive(Clone, Debug)]
#[must_use = "a host that nothing holds is gone at once"]
pub struct Host {
    name: Arc<str>,
    number: u8,
    namespace: Arc<Namespace>,
}

impl Host {
    /// The name that it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn shared_name(&self) -> Arc<str> {
        self.name.clone()
    }

    /// The address of its eth0: 10.0.0.1 for the first host, 10.0.0.2 for
    /// the second, and so on. The netmask has 24 bits.
    pub fn address(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 0, 0, self.number)
    }

    /// The address that its eth0 gets from [`enable_ipv6`](Self::enable_ipv6):
    /// fd00::1 for the first host, and so on. The prefix has 64 bits.
    pub fn address_v6(&self) -> Ipv6Addr {
        Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, self.number.into())
    }

    /// The Ethernet address of its eth0. The 02 marks it as given by hand,
    /// not by a maker of cards, RFC 9542, section 2.1.
    pub fn mac(&self) -> Mac {
        [2, 0, 0, 0, 0, self.number]
    }

    /// Runs `code` on this thread, on this host: `setns(2)`, and back.
    ///
    /// A socket made in there stays on the host, and may be used from
    /// anywhere afterwards; so one thread can play both ends of a
    /// connection. Files of `/proc/net` are those of the process's first
    /// thread; on another thread read `/proc/thread-self/net`, proc(5).
    pub fn enter<T>(
        &self,
        code: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        self.namespace.enter(code)
    }

    /// Runs `code` on a new thread that stays on this host: for calls that
    /// wait, such as `connect` and `accept`.
    pub fn spawn<T: Send + 'static>(
        &self,
        code: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> JoinHandle<io::Result<T>> {
        let namespace = self.namespace.clone();
        thread::spawn(move || {
            namespace.step_in()?;
            drop(namespace);
            code()
        })
    }

    /// As [`spawn`](Self::spawn) does, on a thread that has the host's name
    /// as its own, gethostname(2), and an /etc with these files and no
    /// others: their names, and what is in them. So the C library looks
    /// names up as on this host, resolver(3), nsswitch.conf(5).
    ///
    /// Its settings last as long as the process: the C library reads some of
    /// the files once. So no other thread may look names up before.
    pub fn spawn_with_etc<T: Send + 'static>(
        &self,
        files: &'static [(&'static str, &'static str)],
        code: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> JoinHandle<io::Result<T>> {
        let name = self.name.clone();
        self.spawn(move || {
            own::name_and_files(&name, files)?;
            code()
        })
    }

    /// Sets one of the kernel's values for this host, by its path under
    /// `/proc/sys/net`: `alice.set("ipv4/tcp_timestamps", "1")`.
    ///
    /// Errors: ENOENT for a value that this kernel doesn't have, EINVAL for
    /// one that it doesn't take.
    pub fn set(&self, key: &str, value: &str) -> Result<(), Trouble> {
        self.enter(|| fs::write(format!("/proc/sys/net/{key}"), value))
            .during(format_args!("set {key} of {self} to {value:?}"))
    }

    /// Sets the longest packet, in bytes, that its eth0 sends in one frame.
    /// 1,500 at first, and at most.
    pub fn set_mtu(&self, mtu: u32) -> Result<(), Trouble> {
        self.enter(|| Ok(link::set_mtu("eth0", mtu)?))
            .during(format_args!("on {self}"))
    }

    /// Says whether its kernel leaves work to eth0 as if that were a real
    /// card: computing checksums, cutting segments. Off, unless asked: then
    /// frames are what a real wire carries.
    pub fn set_offloads(&self, on: bool) -> Result<(), Trouble> {
        self.enter(|| Ok(link::set_offloads("eth0", on)?))
            .during(format_args!("on {self}"))
    }

    /// Switches IPv6 on, with the address [`address_v6`](Self::address_v6)
    /// and no other: none made up from the Ethernet address, and nobody
    /// asked for a router.
    pub fn enable_ipv6(&self) -> Result<(), Trouble> {
        self.set("ipv6/conf/eth0/addr_gen_mode", "1")?;
        self.set("ipv6/conf/eth0/accept_ra", "0")?;
        self.set("ipv6/conf/eth0/router_solicitations", "0")?;
        self.set("ipv6/conf/eth0/accept_dad", "0")?;
        self.set("ipv6/conf/eth0/disable_ipv6", "0")?;
        let address = IpAddr::V6(self.address_v6());
        self.enter(|| Ok(link::add_address("eth0", address, 64)?))
            .during(format_args!("on {self}"))
    }

    /// Inside the namespace: everything pinned, then eth0 and lo on.
    fn set_up(&self) -> Result<(), Trouble> {
        for (key, value) in PINNED {
            pin(key, value)?;
        }
        // icmp(7): who is in these groups may ping without privileges.
        let group = getegid();
        pin("ipv4/ping_group_range", &format!("{group} {group}"))?;
        link::set_offloads("eth0", false)?;
        link::add_address("eth0", self.address().into(), 24)?;
        link::set_up("eth0")?;
        link::set_up("lo")
    }
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}
