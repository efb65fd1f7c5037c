//! A name without a file: Linux's abstract namespace, unix(7).
//!
//! ```text
//! a path       /tmp/echo.sock\0     a file; permissions; stays behind
//! abstract     \0echo               no file; no permissions; goes by itself
//! unnamed                           no address at all
//! ```
//!
//! The first byte is zero, and all the others count, zeros among them: the
//! address's length says where the name ends.

use std::fs;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

use lesson_unix_sockets::Folder;
use narrator::{explain, say};
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, UnixAddr, bind, getsockname, socket,
};
use std::os::fd::AsRawFd;

/// Taken, freed, and mistaken.
pub fn run() -> io::Result<()> {
    // Everybody in the network namespace has these names in common, so this
    // process puts its number into its own.
    let name = format!("echo-{}", std::process::id());
    taken_and_freed(&name)?;
    mistaken(&name)?;
    chosen_by_the_kernel()
}

// ANCHOR: taken
fn taken_and_freed(name: &str) -> io::Result<()> {
    let address = SocketAddr::from_abstract_name(name)?;
    let server = UnixListener::bind_addr(&address)?;
    say("first", "bind", format_args!("\\0{name}"));
    let table = fs::read_to_string("/proc/net/unix")?;
    if table.lines().any(|line| line.ends_with(&format!(" @{name}"))) {
        say("kernel", "lists", format_args!("@{name}: no path, no file"));
    }

    if let Err(error) = UnixListener::bind_addr(&address) {
        say("second", "bind", explain(&error));
    }
    drop(server);
    say("first", "close", "no file that anybody must remove");
    UnixListener::bind_addr(&address)?;
    say("second", "bind", "done");
    Ok(())
}
// ANCHOR_END: taken

/// Four addresses that look alike, and one that has a server.
fn mistaken(name: &str) -> io::Result<()> {
    let address = SocketAddr::from_abstract_name(name)?;
    let _server = UnixListener::bind_addr(&address)?;
    say("server", "bind", format_args!("\\0{name}"));
    for (told, name) in [
        (format!("\\0{name}"), name.to_string()),
        (format!("\\0{name}\\0"), format!("{name}\0")),
    ] {
        let address = SocketAddr::from_abstract_name(name)?;
        let result = UnixStream::connect_addr(&address);
        tell(&told, result);
    }
    let folder = Folder::new()?;
    let path = folder.path(name);
    let told = format!("{}", path.display());
    tell(&told, UnixStream::connect(&path));
    Ok(())
}

fn tell(address: &str, result: io::Result<UnixStream>) {
    let what = match result {
        Ok(_) => "done".to_string(),
        Err(error) => explain(&error),
    };
    say("client", "connect", format_args!("{address}: {what}"));
}

/// A bind without a name: unix(7), autobind.
fn chosen_by_the_kernel() -> io::Result<()> {
    let kind = (AddressFamily::Unix, SockType::Stream);
    let socket = socket(kind.0, kind.1, SockFlag::SOCK_CLOEXEC, None)?;
    bind(socket.as_raw_fd(), &UnixAddr::new_unnamed())?;
    let address: UnixAddr = getsockname(socket.as_raw_fd())?;
    let name = address.as_abstract().unwrap_or_default().escape_ascii();
    let what = format!("without a name: the kernel chose \\0{name}");
    say("server", "bind", what);
    Ok(())
}
