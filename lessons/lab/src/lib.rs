//! Hosts and a wire between them, without root.
//!
//! A host is a network namespace: interfaces, addresses, routes and sockets
//! of its own, network_namespaces(7). The wire between hosts is this program:
//! it takes each frame from one host's interface and gives it to the other,
//! or loses it, if the plan says so. The kernels' TCP never notices that the
//! cable is made of Rust.
//!
//! ```text
//!   namespace of alice          the lab's namespace         namespace of bob
//!  ┌──────────────────┐   ┌───────────────────────────┐   ┌─────────────────┐
//!  │ sockets          │   │                           │   │         sockets │
//!  │ eth0 10.0.0.1/24 ├───┤ alice →  the wire  → bob  ├───┤ 10.0.0.2/24 eth0│
//!  └──────────────────┘   └───────────────────────────┘   └─────────────────┘
//!            veth pair      packet sockets, a thread        veth pair
//! ```
//!
//! ```no_run
//! use std::net::UdpSocket;
//!
//! let mut lab = lab::Lab::enter()?; // first of all, before any thread
//! let alice = lab.host("alice")?;
//! let bob = lab.host("bob")?;
//! let wire = lab.join(lab::Plan::new())?;
//! let receiver = bob.enter(|| UdpSocket::bind("10.0.0.2:7"))?;
//! let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:0"))?;
//! sender.send_to(b"hello", "10.0.0.2:7")?;
//! receiver.recv(&mut [0; 64])?;
//! for seen in wire.stop()?.frames {
//!     println!("{} → {}: {} bytes", seen.from, seen.to, seen.bytes.len());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`Lab`] and [`Host`]: namespaces, and sockets made inside of them.
//! - [`Wire`] and [`ByHand`]: who carries the frames, a thread or the caller.
//! - [`Plan`]: what goes wrong on the wire.
//! - [`Recording`] and [`pcap`]: what was carried, to be looked at later.
//! - [`Forbidden`]: why a machine has no lab, and what to do about it.
//! - [`Capture`] and [`Record`]: the arguments of a demo in the lab.
//!
//! Start reading at [`Lab::enter`].

mod by_hand;
mod capture;
mod forbidden;
mod host;
mod link;
mod namespace;
mod own;
pub mod pcap;
mod plan;
mod port;
mod recording;
mod sys;
mod wire;

pub use by_hand::{ByHand, Frame};
pub use capture::{Capture, Record};
pub use forbidden::{Cause, Forbidden};
pub use host::{Host, Lab};
pub use plan::Plan;
pub use recording::{Fate, Opened, Recording, Seen};
pub use wire::Wire;
