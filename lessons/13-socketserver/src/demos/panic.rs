//! A handler that panics ends its own connection.

use std::io;

use narrator::say;

use super::stage::{Running, about_clients};

/// In each model: the panic, the neighbour, and the next client.
pub fn run() -> io::Result<()> {
    for model in ["sequential", "threading", "forking", "pool"] {
        let server = Running::model(model, &[])?;
        let mut client = server.client()?;
        let end = client.ask("panic")?;
        say("client", "recv", format_args!("{end:?}: the end, by {model}"));
        let mut next = server.client()?;
        say("next", "recv", format_args!("{:?}", next.ask("hello")?));
        drop(next);
        let ended = server.stop()?;
        let told = about_clients(&ended.trouble).join("; ");
        say("server", "stderr", told);
    }
    Ok(())
}
