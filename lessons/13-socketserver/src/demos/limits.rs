//! More clients than the limit: each gets a line that says so.

use std::io;

use narrator::{line, say};

use super::stage::Running;

/// A limit of two, and twenty clients; then a pool, where two more may wait.
pub fn run() -> io::Result<()> {
    refuse()?;
    line("");
    queue()
}

fn refuse() -> io::Result<()> {
    let server = Running::model("threading", &["--limit", "2"])?;
    let mut a = server.client()?;
    say("a", "recv", format_args!("{:?}", a.ask("hello")?));
    let mut b = server.client()?;
    say("b", "recv", format_args!("{:?}", b.ask("hello")?));
    let mut refused = 0;
    for _ in 0..18 {
        let mut client = server.client()?;
        refused += usize::from(client.read()? == "busy: try again later");
    }
    say("others", "recv", format!("{refused} × \"busy: try again later\""));
    a.leave()?;
    say("a", "close", "");
    let mut next = server.client()?;
    say("next", "recv", format_args!("{:?}", next.ask("hello")?));
    drop((b, next));
    say("server", "stop", server.stop()?.told);
    Ok(())
}

fn queue() -> io::Result<()> {
    let server = Running::model("pool", &["--threads", "1", "--limit", "2"])?;
    let mut a = server.client()?;
    say("a", "recv", format_args!("{:?}", a.ask("hello")?));
    let mut b = server.client()?;
    b.send("hello")?;
    say("b", "send", "\"hello\"; the pool's only thread is a's");
    let mut c = server.client()?;
    say("c", "recv", format_args!("{:?}", c.read()?));
    a.leave()?;
    say("a", "close", "");
    say("b", "recv", format_args!("{:?}", b.read()?));
    drop(b);
    say("server", "stop", server.stop()?.told);
    Ok(())
}
