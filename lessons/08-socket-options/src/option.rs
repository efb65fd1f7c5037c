//! One option of a new TCP socket, by name: read, set, and read back.

use lesson_socket_options::find;
use narrator::{During, Trouble, line};
use socket2::{Domain, Socket, Type};

/// Reads the option; sets it where a value is given.
pub fn run(name: &str, value: Option<&str>) -> Result<(), Trouble> {
    let setting = find(name).during(name)?;
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None);
    let socket = socket.during("socket")?;
    let read = || setting.get(&socket).during(format_args!("get {name}"));
    line(format_args!("{:<10} {name}", setting.level));
    tell("at first", &read()?, setting.unit);
    let Some(value) = value else { return Ok(()) };
    let doing = format_args!("set {name} to {value}");
    setting.set(&socket, value).during(doing)?;
    tell("set to", value, setting.unit);
    tell("reads", &read()?, setting.unit);
    Ok(())
}

/// A line without a unit behind what has none.
fn tell(what: &str, value: &str, unit: &str) {
    let unit = if value == "off" { "" } else { unit };
    let text = format!("{what:<10} {value} {unit}");
    line(text.trim_end());
}
