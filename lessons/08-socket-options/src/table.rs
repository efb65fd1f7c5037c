//! What a new socket is set to, level by level; each option is then set, and
//! read back. `getsockopt(2)`, `setsockopt(2)`.

use std::io;

use lesson_socket_options::{SETTINGS, Setting};
use narrator::line;
use socket2::{Domain, Protocol, Socket, Type};

/// Three levels, and what can only be read.
pub fn run() -> io::Result<()> {
    line(row("", "at first", "set to", "reads", ""));
    let mut level = "";
    for setting in SETTINGS {
        if setting.level != level {
            level = setting.level;
            line(level);
        }
        change(setting)?;
    }
    line("");
    only_read()
}

// ANCHOR: change
/// Reads an option of a new socket, sets it, and reads it again.
fn change(setting: &Setting) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let before = setting.get(&socket)?;
    setting.set(&socket, setting.example)?;
    let after = setting.get(&socket)?;
    if after == before {
        return Err(io::Error::other("nothing has changed"));
    }
    let name = format!("  {}", setting.name);
    line(row(&name, &before, setting.example, &after, setting.unit));
    Ok(())
}
// ANCHOR_END: change

// ANCHOR: read
/// Some options tell what the socket is, and can't be set.
fn only_read() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    line("SOL_SOCKET, to be read only");
    fact("SO_DOMAIN", socket.domain()? == Domain::IPV4, "AF_INET");
    fact("SO_TYPE", socket.r#type()? == Type::STREAM, "SOCK_STREAM");
    let tcp = socket.protocol()? == Some(Protocol::TCP);
    fact("SO_PROTOCOL", tcp, "IPPROTO_TCP");
    fact("SO_ACCEPTCONN", !socket.is_listener()?, "0: it doesn't listen");
    fact("SO_ERROR", socket.take_error()?.is_none(), "0: no error waits");
    Ok(())
}
// ANCHOR_END: read

/// Tells the fact if it is one.
fn fact(name: &str, holds: bool, what: &str) {
    let what = if holds { what } else { "something else" };
    line(format_args!("  {name:<18} {what}"));
}

fn row(name: &str, was: &str, to: &str, is: &str, unit: &str) -> String {
    let text = format!("{name:<20} {was:<9} {to:<9} {is:<7} {unit}");
    text.trim_end().to_string()
}
