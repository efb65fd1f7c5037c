//! One name, two addresses: a server on one of them, and a client that
//! tries both.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};

use lab::Capture;
use narrator::{During, Trouble, explain, say};

use crate::stage::Stage;

/// Alice listens on 127.0.0.1, and connects to "localhost".
pub fn run() -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/localhost.snap");
    let lab = Capture::default().enter_with_ipv6(RECORDED)?;
    let Some(lab) = lab else { return Ok(()) };
    let mut stage = Stage::open(lab)?;
    stage.enable_ipv6_loopback()?;
    let (told, _) = stage.ask(connect)?;
    told.during("localhost")
}

// ANCHOR: connect
/// What `TcpStream::connect` does with a name: one address after the other,
/// until one answers.
fn connect() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8080")?;
    say("server", "listen", listener.local_addr()?);
    let addresses: Vec<SocketAddr> =
        "localhost:8080".to_socket_addrs()?.collect();
    say("client", "localhost", format_args!("{} addresses", addresses.len()));
    for address in addresses {
        match TcpStream::connect(address) {
            Ok(_) => {
                say("client", "connect", format_args!("{address}: connected"));
                break;
            }
            Err(error) => {
                let error = explain(&error);
                say("client", "connect", format_args!("{address}: {error}"));
            }
        }
    }
    Ok(())
}
// ANCHOR_END: connect
