//! What the chapter says in words and shows in no transcript, held against
//! this machine's kernel.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use lesson_tcp::state::{State, await_state};
use lesson_tcp::{BACKLOG, LOOPBACK, connect, listener, local, pair, recv};
use socket2::SockRef;
use support::peer::PATIENCE;

#[test]
fn std_sets_so_reuseaddr_on_a_listener() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();

    assert!(SockRef::from(&listener).reuse_address().unwrap());
}

#[test]
fn so_reuseaddr_does_not_let_two_listen_on_one_port() {
    let first = listener(LOOPBACK, BACKLOG, true).unwrap();
    let address = local(&first).unwrap();

    let error = listener(address, BACKLOG, true).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[test]
fn a_client_that_closes_first_leaves_the_servers_port_free() {
    let listening = listener(LOOPBACK, BACKLOG, false).unwrap();
    let address = local(&listening).unwrap();
    let client = connect(address).unwrap();
    let from = local(&client).unwrap();
    let (server, _) = listening.accept().unwrap();

    drop(client);
    await_state(address, from, State::CloseWait).unwrap();
    drop(server);
    await_state(from, address, State::TimeWait).unwrap();
    await_state(address, from, State::Closed).unwrap();
    drop(listening);

    assert!(listener(address, BACKLOG, false).is_ok());
}

#[test]
fn time_wait_lasts_a_minute() {
    let (client, server) = pair().unwrap();
    let (here, there) = (local(&client).unwrap(), local(&server).unwrap());
    let began = Instant::now();
    drop(client);
    drop(server);
    await_state(here, there, State::TimeWait).unwrap();

    // One look at the table may miss the line.
    let timer = (0..10).find_map(|_| timer(here, there)).unwrap();
    let since = began.elapsed().as_millis() as u64 / 10;

    assert!(timer <= 6_000, "{timer} hundredths of a second");
    assert!(timer + since >= 5_900, "{timer} hundredths, {since} later");
}

/// When a connection's timer fires, in hundredths of a second: proc(5), the
/// sixth field, behind the timer's kind.
fn timer(here: SocketAddr, there: SocketAddr) -> Option<u64> {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let ports = [here, there].map(|end| format!(":{:04X}", end.port()));
    let line = table.lines().find(|line| {
        let mut ends = line.split_whitespace().skip(1);
        ports.iter().all(|port| ends.next().unwrap().ends_with(port))
    })?;
    let timer = line.split_whitespace().nth(5)?;
    Some(u64::from_str_radix(&timer[3..], 16).unwrap())
}

#[test]
fn a_thread_in_accept_is_woken_by_shutdown() {
    let listening = listener(LOOPBACK, BACKLOG, false).unwrap();
    let waiting = listening.try_clone().unwrap();
    let (done, ended) = mpsc::channel();

    thread::spawn(move || done.send(waiting.accept().map(|_| ())));
    listening.shutdown(Shutdown::Read).unwrap();

    let end: io::Result<()> = ended.recv_timeout(PATIENCE).unwrap();
    assert_eq!(end.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_thread_in_recv_is_woken_by_shutdown_and_reads_the_end() {
    let (_client, server) = pair().unwrap();
    let waiting = server.try_clone().unwrap();
    let (done, ended) = mpsc::channel();

    thread::spawn(move || done.send(recv(&waiting, &mut [0; 1])));
    server.shutdown(Shutdown::Both).unwrap();

    let end: io::Result<usize> = ended.recv_timeout(PATIENCE).unwrap();
    assert_eq!(end.unwrap(), 0);
}

#[test]
fn a_reset_is_told_once_and_then_reads_as_the_end() {
    let (client, server) = pair().unwrap();
    support::peer::reset(server.into()).unwrap();

    let first = recv(&client, &mut [0; 1]).unwrap_err();
    assert_eq!(first.kind(), ErrorKind::ConnectionReset);
    assert_eq!(recv(&client, &mut [0; 1]).unwrap(), 0);
}

#[test]
fn nothing_can_be_sent_after_a_half_close() {
    let (client, _server) = pair().unwrap();

    client.shutdown(Shutdown::Write).unwrap();

    let error = client.send(b"more").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}

#[test]
fn a_blocking_send_waits_until_all_has_been_taken() {
    let (client, server) = pair().unwrap();
    const BYTES: usize = 16_000_000;

    let reader = thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        let mut all = 0;
        while let count @ 1.. = recv(&server, &mut buffer).unwrap() {
            all += count;
        }
        all
    });
    let sent = client.send(&vec![b'x'; BYTES]).unwrap();
    drop(client);

    assert_eq!(sent, BYTES);
    assert_eq!(reader.join().unwrap(), BYTES);
}
