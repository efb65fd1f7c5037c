//! Nothing on the way of a packet asks for memory.

use std::hint::black_box;

use lesson_udp::dns::{self, Entry, LARGEST, Message, kind};
use lesson_udp::{LOOPBACK, bound, connected, echo_one, recv_whole};
use support::memory::most_held;

#[test]
fn echoing_a_datagram_takes_no_memory() {
    let server = bound(LOOPBACK).unwrap();
    let client = connected(server.local_addr().unwrap()).unwrap();
    let (mut buffer, mut answer) = ([0; 2048], [0; 2048]);

    let ((), held) = most_held(|| {
        for _ in 0..1000 {
            client.send(b"hello").unwrap();
            echo_one(&server, &mut buffer).unwrap();
            recv_whole(&client, &mut answer).unwrap();
        }
    });

    assert_eq!(held, 0);
    assert_eq!(&answer[..5], b"hello");
}

#[test]
fn asking_and_answering_dns_takes_no_memory() {
    let entry = Entry { address: [10, 0, 0, 2].into(), ttl: 60 };
    let (mut asked, mut reply) = ([0; LARGEST], [0; LARGEST]);

    let (addresses, held) = most_held(|| {
        let mut addresses = 0;
        for id in 0..1000 {
            let count = dns::query(id, "bob.lab", kind::A, &mut asked);
            let request = Message::parse(&asked[..count.unwrap()]).unwrap();
            let count = dns::answer(&request, 0, &[entry], &mut reply);
            let answer = Message::parse(&reply[..count.unwrap()]).unwrap();
            assert!(answer.answers_to(&request));
            let records = answer.answers().filter_map(|r| r.address());
            addresses += records.count();
        }
        addresses
    });

    assert_eq!((addresses, held), (1000, 0));
}

#[test]
fn refusing_dns_takes_no_memory() {
    let mut lie = [0; 64];
    let count = dns::query(7, "bob.lab", kind::A, &mut lie).unwrap();
    // 65,535 records of each kind, and none is there.
    lie[6..12].fill(0xff);

    let (refused, held) = most_held(|| {
        (0..1000).all(|_| Message::parse(black_box(&lie[..count])).is_err())
    });

    assert!(refused);
    assert_eq!(held, 0);
}
