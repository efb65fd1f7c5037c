//! A port that another program holds: no hindrance to `forgot`, unless it
//! has to do without a host of its own.

use std::net::TcpListener;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    support::wire!()
        .claim("a_port_that_is_taken_outside_is_no_hindrance", |lesson| {
            let (_holder, port) = taken();

            let (story, warned) =
                lesson.run_by(Command::new, &["forgot", &port.to_string()]);

            let reached = format!("port {port}: connected");
            assert!(story.contains(&reached), "{story}");
            assert_eq!(warned, "");
        })
        .claim("without_a_host_it_is_named_with_what_to_do", |_| {
            let (_holder, port) = taken();
            let unswapped = port.to_be().to_string();

            let run = without_hosts().args(["forgot", &unswapped]).output();

            let due = format!(
                "lesson-byte-order: bind to port {port} (`forgot PORT` takes \
                 another one): Address already in use (EADDRINUSE)\n"
            );
            let output = run.expect("unshare(1) is there");
            assert_eq!(String::from_utf8_lossy(&output.stderr), due);
            assert_eq!(output.status.code(), Some(1));
        })
        .run()
}

/// A port that is taken on all addresses of the machine.
fn taken() -> (TcpListener, u16) {
    let holder = TcpListener::bind("0.0.0.0:0").expect("a port");
    let address = holder.local_addr().expect("its address");
    (holder, address.port())
}

/// The lesson's program on this machine's network, where it may not make a
/// user namespace: user_namespaces(7).
fn without_hosts() -> Command {
    const FORBID: &str = "echo 0 > /proc/sys/user/max_user_namespaces && \
                          exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", FORBID, "sh"]);
    command.arg(env!("CARGO_BIN_EXE_lesson-byte-order"));
    command
}
