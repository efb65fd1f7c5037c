//! Each header by itself: bytes that are known, read and written, and every
//! way in which they can be wrong.

use std::net::{Ipv4Addr, Ipv6Addr};

use lesson_osi_layers::arp::{self, Operation};
use lesson_osi_layers::checksum::{self, PseudoHeader, Sum, Verdict};
use lesson_osi_layers::ethernet::{self, EtherType, Mac};
use lesson_osi_layers::frame::{Kind, dissect};
use lesson_osi_layers::ipv4::{self, Protocol};
use lesson_osi_layers::ipv6::{self, Extension};
use lesson_osi_layers::tcp::{self, Flags, Opt, SackBlocks};
use lesson_osi_layers::{icmp, udp};

const ALICE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const BOB: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const ALICE6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);
const BOB6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);

/// An error's words.
fn told<T>(read: Result<T, lesson_osi_layers::Error>) -> String {
    match read {
        Ok(_) => "no error".to_owned(),
        Err(error) => error.to_string(),
    }
}

mod checksums {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071_comes_out() {
        // Section 3: the sum is ddf2.
        let bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];

        assert_eq!(checksum::of(&bytes), !0xddf2);
    }

    #[test]
    fn a_last_odd_byte_counts_as_if_a_zero_followed() {
        assert_eq!(checksum::of(&[1, 2, 3]), checksum::of(&[1, 2, 3, 0]));
        assert_eq!(checksum::of(&[]), 0xffff);
    }

    #[test]
    fn pieces_add_up_to_the_whole_however_it_is_cut() {
        let bytes: Vec<u8> = (0..=254).collect();
        for cut in 0..=bytes.len() {
            for second in [0, 1, 2, 7] {
                let (head, tail) = bytes.split_at(cut);
                let (middle, tail) = tail.split_at(second.min(tail.len()));

                let sum = Sum::new().plus(head).plus(middle).plus(tail);

                assert_eq!(sum.checksum(), checksum::of(&bytes), "at {cut}");
            }
        }
    }

    #[test]
    fn a_great_many_carries_are_all_added_in() {
        let bytes = vec![0xff; 1 << 20];

        assert_eq!(checksum::of(&bytes), 0);
    }

    #[test]
    fn one_flipped_bit_is_noticed_and_two_may_cancel_out() {
        let mut bytes = *b"\x45\x00\x00\x33\x40\x06\x00\x00";
        let sum = checksum::of(&bytes);
        bytes[6..].copy_from_slice(&sum.to_be_bytes());
        assert!(Sum::new().plus(&bytes).is_right());

        bytes[1] ^= 0x10; // was 0
        assert!(!Sum::new().plus(&bytes).is_right());

        bytes[3] ^= 0x10; // was 1, in the same place of its pair
        assert!(Sum::new().plus(&bytes).is_right());
    }

    #[test]
    fn two_numbers_that_swap_places_are_not_noticed() {
        assert_eq!(
            checksum::of(b"\x12\x34\x56\x78"),
            checksum::of(b"\x56\x78\x12\x34")
        );
    }

    #[test]
    fn the_pseudo_headers_are_laid_out_as_the_rfcs_say() {
        let v4 = PseudoHeader::v4(ALICE, BOB, Protocol::TCP, 0x0123);
        let v6 = PseudoHeader::v6(ALICE6, BOB6, Protocol::UDP, 0x0001_2345);

        assert_eq!(v4.bytes(), [10, 0, 0, 1, 10, 0, 0, 2, 0, 6, 0x01, 0x23]);
        assert_eq!(v6.bytes()[..16], ALICE6.octets());
        assert_eq!(v6.bytes()[16..32], BOB6.octets());
        assert_eq!(v6.bytes()[32..], [0, 1, 0x23, 0x45, 0, 0, 0, 17]);
    }
}

mod in_ethernet {
    use super::*;

    const BYTES: [u8; 16] = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // destination
        0x02, 0, 0, 0, 0, 0x01, // source
        0x08, 0x06, // EtherType
        0xab, 0xcd, // payload
    ];

    #[test]
    fn the_header_is_read_and_written() {
        let frame = ethernet::Frame::parse(&BYTES).unwrap();
        let header = ethernet::Header {
            destination: frame.destination(),
            source: frame.source(),
            ether_type: frame.ether_type(),
        };

        assert_eq!(frame.destination(), Mac::BROADCAST);
        assert!(frame.destination().is_group());
        assert!(!frame.source().is_group());
        assert_eq!(frame.source().to_string(), "02:00:00:00:00:01");
        assert_eq!(frame.ether_type(), EtherType::ARP);
        assert_eq!(frame.payload(), [0xab, 0xcd]);
        assert_eq!(header.to_bytes(), BYTES[..14]);
    }

    #[test]
    fn thirteen_bytes_are_too_few() {
        assert_eq!(
            told(ethernet::Frame::parse(&BYTES[..13])),
            "Ethernet II: 14 bytes needed, 13 there"
        );
    }

    #[test]
    fn small_types_are_lengths() {
        assert_eq!(EtherType(46).as_length(), Some(46));
        assert_eq!(EtherType(46).to_string(), "a length, 46");
        assert_eq!(EtherType(0x600).as_length(), None);
        assert_eq!(EtherType(0x88b5).to_string(), "0x88b5");
    }
}

mod in_arp {
    use super::*;

    const BYTES: [u8; 28] = [
        0, 1, 8, 0, 6, 4, 0, 1, // Ethernet, IPv4, lengths, request
        2, 0, 0, 0, 0, 1, 10, 0, 0, 1, // sender
        0, 0, 0, 0, 0, 0, 10, 0, 0, 2, // target
    ];

    #[test]
    fn a_request_is_read_and_written() {
        let packet = arp::Packet::parse(&BYTES).unwrap();
        let header = packet.for_ipv4().unwrap();

        assert_eq!(header.operation, Operation::REQUEST);
        assert_eq!(header.sender, Mac([2, 0, 0, 0, 0, 1]));
        assert_eq!(header.sender_address, ALICE);
        assert_eq!(header.target, Mac([0; 6]));
        assert_eq!(header.target_address, BOB);
        assert_eq!(header.to_bytes(), BYTES);
    }

    #[test]
    fn its_own_lengths_say_where_it_ends() {
        let padded = [&BYTES[..], &[0; 18]].concat();

        let packet = arp::Packet::parse(&padded).unwrap();

        assert_eq!(packet.padding(), [0; 18]);
        assert_eq!(
            told(arp::Packet::parse(&BYTES[..27])),
            "ARP: 28 bytes needed, 27 there"
        );
        assert_eq!(
            told(arp::Packet::parse(&BYTES[..7])),
            "ARP: 8 bytes needed, 7 there"
        );
    }

    #[test]
    fn other_links_have_other_lengths() {
        // Of the hardware type 7, with addresses of one byte.
        let bytes = [0, 7, 8, 0, 1, 4, 0, 2, 9, 1, 2, 3, 4, 8, 5, 6, 7, 8];

        let packet = arp::Packet::parse(&bytes).unwrap();

        assert_eq!(packet.sender_hardware_address(), [9]);
        assert_eq!(packet.sender_protocol_address(), [1, 2, 3, 4]);
        assert_eq!(packet.target_hardware_address(), [8]);
        assert_eq!(packet.target_protocol_address(), [5, 6, 7, 8]);
        assert_eq!(packet.for_ipv4(), None);
    }
}

mod in_ipv4 {
    use super::*;

    /// A header that many textbooks show, with the right checksum, and 95
    /// bytes behind it.
    fn packet() -> Vec<u8> {
        let header = [
            0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8,
            0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7,
        ];
        [&header[..], &[7; 95]].concat()
    }

    #[test]
    fn the_header_is_read_and_written() {
        let bytes = packet();
        let packet = ipv4::Packet::parse(&bytes).unwrap();

        assert_eq!((packet.ihl(), packet.header_length()), (5, 20));
        assert_eq!((packet.dscp(), packet.ecn()), (0, 0));
        assert_eq!(packet.total_length(), 115);
        assert_eq!(packet.identification(), 0);
        assert!(packet.dont_fragment() && !packet.more_fragments());
        assert!(!packet.is_fragment());
        assert_eq!(packet.time_to_live(), 64);
        assert_eq!(packet.protocol(), Protocol::UDP);
        assert_eq!(packet.header_checksum(), 0xb861);
        assert!(packet.checksum_is_right());
        assert_eq!(packet.source(), Ipv4Addr::new(192, 168, 0, 1));
        assert_eq!(packet.destination(), Ipv4Addr::new(192, 168, 0, 199));
        assert_eq!(packet.payload(), [7; 95]);

        let (source, destination) = (packet.source(), packet.destination());
        let header = ipv4::Header::new(Protocol::UDP, source, destination);
        assert_eq!(header.to_bytes(95).unwrap(), bytes[..20]);
    }

    #[test]
    fn the_payload_ends_where_total_length_says() {
        let bytes = [&packet()[..], &[0; 9]].concat();

        let packet = ipv4::Packet::parse(&bytes).unwrap();

        assert_eq!(packet.payload(), [7; 95]);
        assert_eq!(packet.padding(), [0; 9]);
    }

    #[test]
    fn a_changed_header_has_a_wrong_checksum() {
        let mut bytes = packet();
        bytes[8] -= 1; // as a router does, which then mends the checksum

        assert!(!ipv4::Packet::parse(&bytes).unwrap().checksum_is_right());
    }

    #[test]
    fn a_fragment_knows_its_place() {
        let header = ipv4::Header {
            identification: 0xbeef,
            dont_fragment: false,
            more_fragments: true,
            fragment_offset: 185,
            ..ipv4::Header::new(Protocol::UDP, ALICE, BOB)
        };
        let bytes = [&header.to_bytes(8).unwrap()[..], &[0; 8]].concat();

        let packet = ipv4::Packet::parse(&bytes).unwrap();

        assert!(packet.is_fragment() && packet.more_fragments());
        assert!(!packet.dont_fragment());
        assert_eq!(packet.fragment_offset() * 8, 1480);
        assert_eq!(packet.identification(), 0xbeef);
    }

    #[test]
    fn options_are_read_up_to_the_end_of_the_list() {
        let mut bytes = packet();
        bytes[0] = 0x48; // 32 bytes, the last 12 of them options
        bytes.splice(20..32, [148, 4, 0, 0, 1, 7, 3, 4, 0, 9, 9, 9]);
        let packet = ipv4::Packet::parse(&bytes).unwrap();

        let kinds: Vec<_> = packet
            .options()
            .map(|option| option.map(|option| (option.kind, option.data)))
            .collect();

        let expected = [(148, &[0, 0][..]), (1, &[]), (7, &[4])];
        assert_eq!(kinds, expected.map(Ok));
        assert_eq!(packet.payload(), [7; 83]);
    }

    #[test]
    fn an_option_cannot_leave_the_header() {
        for (option, why) in [
            ([7, 5, 0, 0], "IPv4: option 7 says 5 bytes, it can have 2 to 4"),
            ([7, 1, 0, 0], "IPv4: option 7 says 1 byte, it can have 2 to 4"),
            ([7, 0, 0, 0], "IPv4: option 7 says 0 bytes, it can have 2 to 4"),
            ([1, 1, 1, 7], "IPv4: 2 bytes needed, 1 there"),
        ] {
            let mut bytes = packet();
            bytes[0] = 0x46;
            bytes.splice(20..24, option);
            let packet = ipv4::Packet::parse(&bytes).unwrap();

            let last = packet.options().last().unwrap();

            assert_eq!(told(last), why);
        }
    }

    #[test]
    fn every_lie_is_told() {
        let change = |at: usize, value: u8| {
            let mut bytes = packet();
            bytes[at] = value;
            told(ipv4::Packet::parse(&bytes))
        };

        assert_eq!(change(0, 0x65), "IPv4: the version says 6");
        assert_eq!(change(0, 0x44), "IPv4: IHL says 16 bytes, the least is 20");
        assert_eq!(
            told(ipv4::Packet::parse(&[&[0x4f; 1][..], &[0; 30]].concat())),
            "IPv4: IHL says 60 bytes, 31 there"
        );
        assert_eq!(
            change(3, 19),
            "IPv4: total length says 19 bytes, the least is 20"
        );
        assert_eq!(
            change(3, 116),
            "IPv4: total length says 116 bytes, 115 there"
        );
        assert_eq!(
            told(ipv4::Packet::parse(&packet()[..19])),
            "IPv4: 20 bytes needed, 19 there"
        );
    }

    #[test]
    fn what_total_length_cannot_count_is_not_written() {
        let header = ipv4::Header::new(Protocol::UDP, ALICE, BOB);

        assert!(header.to_bytes(65_515).is_ok());
        assert_eq!(
            told(header.to_bytes(65_516)),
            "IPv4: 65536 bytes don't fit, the most is 65535"
        );
        assert!(header.to_bytes(usize::MAX).is_err());
    }
}

mod in_ipv6 {
    use super::*;

    fn packet(next: Protocol, payload: &[u8]) -> Vec<u8> {
        let header = ipv6::Header::new(next, ALICE6, BOB6);
        [&header.to_bytes(payload.len()).unwrap()[..], payload].concat()
    }

    #[test]
    fn the_header_is_read_and_written() {
        let mut bytes = [0; 42];
        bytes[..8].copy_from_slice(&[0x6b, 0x81, 0x23, 0x45, 0, 1, 59, 255]);
        bytes[8..24].copy_from_slice(&ALICE6.octets());
        bytes[24..40].copy_from_slice(&BOB6.octets());

        let packet = ipv6::Packet::parse(&bytes).unwrap();
        let header = ipv6::Header {
            traffic_class: packet.traffic_class(),
            flow_label: packet.flow_label(),
            next_header: packet.next_header(),
            hop_limit: packet.hop_limit(),
            source: packet.source(),
            destination: packet.destination(),
        };

        assert_eq!(packet.traffic_class(), 0xb8);
        assert_eq!((packet.dscp(), packet.ecn()), (46, 0));
        assert_eq!(packet.flow_label(), 0x12345);
        assert_eq!(packet.payload_length(), 1);
        assert_eq!(packet.payload(), [0]);
        assert_eq!(packet.padding(), [0]);
        assert_eq!((packet.source(), packet.destination()), (ALICE6, BOB6));
        assert_eq!(header.to_bytes(1).unwrap(), bytes[..40]);
    }

    #[test]
    fn extension_headers_are_followed_to_the_upper_layer() {
        let payload = [
            &[60, 0, 5, 2, 0, 0, 1, 0][..], // hop-by-hop: router alert
            &[43, 0, 1, 4, 0, 0, 0, 0],     // destination options: PadN
            &[44, 0, 253, 0, 1, 2, 3, 4],   // routing
            &[17, 0, 0, 0, 0, 0, 0, 9],     // fragment, but whole
            &[0xaa; 8],
        ];
        let bytes = packet(Protocol::HOP_BY_HOP, &payload.concat());
        let packet = ipv6::Packet::parse(&bytes).unwrap();

        let mut extensions = packet.extensions();
        let found: Vec<_> = extensions.by_ref().map(Result::unwrap).collect();

        let [
            Extension::HopByHop(hop),
            Extension::DestinationOptions(destination),
            Extension::Routing(routing),
            Extension::Fragment(piece),
        ] = found[..]
        else {
            panic!("{found:?}");
        };
        let alert = hop.options().next().unwrap().unwrap();
        assert_eq!((alert.kind, alert.data), (5, &[0, 0][..]));
        assert_eq!(destination.options().count(), 0);
        assert_eq!((routing.routing_type(), routing.segments_left()), (253, 0));
        assert_eq!(routing.data(), [1, 2, 3, 4]);
        assert_eq!((piece.identification(), piece.is_piece()), (9, false));
        assert_eq!(extensions.protocol(), Protocol::UDP);
        assert_eq!(extensions.payload(), [0xaa; 8]);
        assert!(!extensions.in_pieces());
    }

    #[test]
    fn behind_a_piece_no_header_is_looked_for() {
        let payload = [&[60, 0, 0, 9, 0, 0, 0, 1][..], &[60; 16]].concat();
        let bytes = packet(Protocol::FRAGMENT, &payload);
        let packet = ipv6::Packet::parse(&bytes).unwrap();

        let mut extensions = packet.extensions();
        let Some(Ok(Extension::Fragment(piece))) = extensions.next() else {
            panic!("no fragment header");
        };

        assert!(piece.more_fragments());
        assert_eq!(piece.fragment_offset(), 1);
        assert!(extensions.next().is_none());
        assert!(extensions.in_pieces());
    }

    #[test]
    fn every_lie_is_told() {
        let mut bytes = packet(Protocol::NO_NEXT_HEADER, &[1, 2, 3]);
        let parse = |bytes: &[u8]| told(ipv6::Packet::parse(bytes));

        assert_eq!(parse(&bytes[..39]), "IPv6: 40 bytes needed, 39 there");
        assert_eq!(
            parse(&bytes[..42]),
            "IPv6: payload length says 3 bytes, 2 there"
        );
        bytes[0] = 0x45;
        assert_eq!(parse(&bytes), "IPv6: the version says 4");
    }

    #[test]
    fn every_lie_of_an_extension_header_is_told() {
        let error = |next, payload: &[u8]| {
            let bytes = packet(next, payload);
            let packet = ipv6::Packet::parse(&bytes).unwrap();
            let mut extensions = packet.extensions();
            let error = extensions.by_ref().last().unwrap();
            assert!(extensions.next().is_none(), "it ends there");
            told(error)
        };

        assert_eq!(
            error(Protocol::ROUTING, &[59, 1, 0, 0, 0, 0, 0, 0]),
            "Routing header: header extension length says 16 bytes, 8 there"
        );
        assert_eq!(
            error(Protocol::FRAGMENT, &[59, 0, 0]),
            "Fragment header: 8 bytes needed, 3 there"
        );
        let twice = [0, 0, 1, 4, 0, 0, 0, 0].repeat(2);
        assert_eq!(
            error(Protocol::HOP_BY_HOP, &twice),
            "Hop-by-hop options: may only come first"
        );
    }

    #[test]
    fn an_option_cannot_leave_its_header() {
        for (next, name) in [
            (Protocol::HOP_BY_HOP, "Hop-by-hop options"),
            (Protocol::DESTINATION_OPTIONS, "Destination options"),
        ] {
            let bytes = packet(next, &[59, 0, 30, 5, 0, 0, 0, 0]);
            let packet = ipv6::Packet::parse(&bytes).unwrap();
            let Some(Ok(
                Extension::HopByHop(header)
                | Extension::DestinationOptions(header),
            )) = packet.extensions().next()
            else {
                panic!("no header of options");
            };

            let error = header.options().next().unwrap();

            assert_eq!(
                told(error),
                format!("{name}: option 30 says 5 bytes, it can have 0 to 4")
            );
        }
    }
}

mod in_icmp {
    use super::*;

    #[test]
    fn an_echo_is_read_and_written() {
        let bytes = [8, 0, 0x87, 0x29, 0x12, 0x34, 0, 1, 0x5e, 0xa1];
        let header = icmp::Header::echo_request(0x1234, 1);

        let message = icmp::Message::parse(&bytes).unwrap();

        assert_eq!(message.kind(), icmp::kind::ECHO_REQUEST);
        assert_eq!(message.code(), 0);
        assert_eq!(message.identifier(), 0x1234);
        assert_eq!(message.sequence_number(), 1);
        assert_eq!(message.data(), [0x5e, 0xa1]);
        assert!(message.checksum_is_right());
        assert_eq!(header.to_bytes(&[0x5e, 0xa1]), bytes[..8]);
    }

    #[test]
    fn an_error_tells_the_next_links_mtu() {
        let bytes = [3, 4, 0, 0, 0, 0, 0x02, 0x40];

        assert_eq!(icmp::Message::parse(&bytes).unwrap().next_hop_mtu(), 576);
    }

    #[test]
    fn seven_bytes_are_too_few() {
        let bytes = [8, 0, 0, 0, 0, 0, 0];

        assert_eq!(
            told(icmp::Message::parse(&bytes)),
            "ICMP: 8 bytes needed, 7 there"
        );
        assert_eq!(
            told(icmp::Message::parse_v6(&bytes)),
            "ICMPv6: 8 bytes needed, 7 there"
        );
    }

    #[test]
    fn icmpv6_has_the_addresses_in_its_checksum() {
        let between = PseudoHeader::v6(ALICE6, BOB6, Protocol::ICMPV6, 10);
        let header = icmp::Header {
            kind: icmp::kind6::ECHO_REQUEST,
            ..icmp::Header::echo_request(7, 1)
        };
        let bytes = header.to_bytes_v6(&between, b"hi");
        let bytes = [&bytes[..], b"hi"].concat();

        let message = icmp::Message::parse_v6(&bytes).unwrap();

        assert!(message.checksum_is_right_v6(&between));
        assert!(!message.checksum_is_right());
    }
}

mod in_udp {
    use super::*;

    const BYTES: [u8; 13] = [
        0x13, 0x88, 0x00, 0x35, 0x00, 0x0d, 0x94, 0x42, // header
        b'h', b'e', b'l', b'l', b'o',
    ];

    #[test]
    fn a_datagram_is_read_and_written() {
        let between = PseudoHeader::v4(ALICE, BOB, Protocol::UDP, 13);
        let header = udp::Header { source_port: 5_000, destination_port: 53 };

        let datagram = udp::Datagram::parse(&BYTES).unwrap();

        assert_eq!(datagram.source_port(), 5_000);
        assert_eq!(datagram.destination_port(), 53);
        assert_eq!(datagram.length(), 13);
        assert_eq!(datagram.checksum(), 0x9442);
        assert!(datagram.checksum_is_right(&between));
        assert_eq!(datagram.payload(), b"hello");
        assert_eq!(header.to_bytes(&between, b"hello").unwrap(), BYTES[..8]);
    }

    #[test]
    fn the_wrong_host_notices_by_the_pseudo_header() {
        let carol = Ipv4Addr::new(10, 0, 0, 3);
        let between = PseudoHeader::v4(ALICE, carol, Protocol::UDP, 13);

        let datagram = udp::Datagram::parse(&BYTES).unwrap();

        assert!(!datagram.checksum_is_right(&between));
    }

    #[test]
    fn a_checksum_is_never_sent_as_zero() {
        let between = PseudoHeader::v4(ALICE, BOB, Protocol::UDP, 10);
        let header = udp::Header { source_port: 1, destination_port: 2 };
        // Data that brings the sum to ffff.
        let rest = header.to_bytes(&between, &[0, 0]).unwrap();

        let bytes = header.to_bytes(&between, &rest[6..]).unwrap();

        assert_eq!(bytes[6..], [0xff, 0xff]);
    }

    #[test]
    fn every_lie_is_told() {
        let with_length = |length: u8| {
            let mut bytes = BYTES;
            bytes[5] = length;
            told(udp::Datagram::parse(&bytes))
        };

        assert_eq!(with_length(7), "UDP: length says 7 bytes, the least is 8");
        assert_eq!(with_length(14), "UDP: length says 14 bytes, 13 there");
        assert_eq!(
            told(udp::Datagram::parse(&BYTES[..7])),
            "UDP: 8 bytes needed, 7 there"
        );
    }

    #[test]
    fn bytes_behind_its_length_are_no_message() {
        let bytes = [&BYTES[..], b"!!"].concat();

        let datagram = udp::Datagram::parse(&bytes).unwrap();

        assert_eq!(datagram.payload(), b"hello");
        assert_eq!(datagram.surplus(), b"!!");
    }

    #[test]
    fn what_its_length_cannot_count_is_not_written() {
        let between = PseudoHeader::v4(ALICE, BOB, Protocol::UDP, 0);
        let header = udp::Header { source_port: 1, destination_port: 2 };

        assert_eq!(
            told(header.to_bytes(&between, &vec![0; 65_528])),
            "UDP: 65536 bytes don't fit, the most is 65535"
        );
    }
}

mod in_tcp {
    use super::*;

    /// A SYN as Linux sends it from 10.0.0.1 to 10.0.0.2.
    const SYN: [u8; 32] = [
        0xc7, 0x38, 0x1f, 0x90, // ports 51000 and 8080
        0x00, 0x00, 0x03, 0xe8, // sequence number 1000
        0x00, 0x00, 0x00, 0x00, // acknowledgment number 0
        0x80, 0x02, 0xfa, 0xf0, // data offset 8, SYN, window 64240
        0x75, 0x6d, 0x00, 0x00, // checksum, urgent pointer
        0x02, 0x04, 0x05, 0xb4, // MSS 1460
        0x01, 0x01, 0x04, 0x02, // twice no operation, SACK permitted
        0x01, 0x03, 0x03, 0x07, // no operation, window scale 7
    ];

    const OPTIONS: [Opt<'_>; 6] = [
        Opt::MaximumSegmentSize(1460),
        Opt::NoOperation,
        Opt::NoOperation,
        Opt::SackPermitted,
        Opt::NoOperation,
        Opt::WindowScale(7),
    ];

    #[test]
    fn a_syn_is_read_and_written() {
        let between = PseudoHeader::v4(ALICE, BOB, Protocol::TCP, 32);
        let header = tcp::Header {
            source_port: 51_000,
            destination_port: 8_080,
            sequence_number: 1_000,
            flags: Flags::SYN,
            window: 64_240,
            options: &OPTIONS,
            ..tcp::Header::default()
        };

        let segment = tcp::Segment::parse(&SYN).unwrap();

        assert_eq!(segment.source_port(), 51_000);
        assert_eq!(segment.destination_port(), 8_080);
        assert_eq!(segment.sequence_number(), 1_000);
        assert_eq!(segment.acknowledgment_number(), 0);
        assert_eq!((segment.data_offset(), segment.header_length()), (8, 32));
        assert_eq!(segment.reserved(), 0);
        assert_eq!(segment.flags(), Flags::SYN);
        assert_eq!(segment.window(), 64_240);
        assert_eq!(segment.checksum(), 0x756d);
        assert!(segment.checksum_is_right(&between));
        assert_eq!(segment.urgent_pointer(), 0);
        assert!(segment.options().eq(OPTIONS.map(Ok)));
        assert_eq!(segment.payload(), b"");
        assert_eq!(segment.sequence_length(), 1);
        assert_eq!(header.to_bytes(&between, b"").unwrap(), SYN);
    }

    #[test]
    fn each_flag_has_its_name() {
        let all = Flags(0xff).to_string();

        assert_eq!(all, "SYN FIN RST PSH ACK URG ECE CWR");
        assert_eq!((Flags::SYN | Flags::ACK).to_string(), "SYN ACK");
        assert_eq!(Flags(0).to_string(), "");
        assert!(!Flags::SYN.has(Flags::SYN | Flags::ACK));
    }

    /// What a segment with these options says of each.
    fn options(bytes: &[u8]) -> Vec<String> {
        assert_eq!(bytes.len() % 4, 0);
        let mut segment = [&SYN[..20], bytes].concat();
        segment[12] = u8::try_from(segment.len() / 4).unwrap() << 4;
        let segment = tcp::Segment::parse(&segment).unwrap();
        let told = |option: Result<Opt<'_>, _>| match option {
            Ok(option) => option.to_string(),
            Err(error) => format!("{error}"),
        };
        segment.options().map(told).collect()
    }

    #[test]
    fn every_option_has_its_words() {
        assert_eq!(
            options(&[
                5, 10, 0, 0, 0, 1, 0, 0, 0, 9, // SACK
                8, 10, 0, 0, 0, 7, 0, 0, 0, 6, // timestamps
                253, 4, 1, 2, 1, 3, 3, 14, // one for experiments
            ]),
            [
                "SACK 1–9",
                "timestamp 7, echo 6",
                "option 253, 4 bytes",
                "no operation",
                "window scale 14",
            ]
        );
    }

    #[test]
    fn the_end_of_the_list_ends_it() {
        assert_eq!(options(&[4, 2, 0, 2]), ["SACK permitted"]);
    }

    #[test]
    fn a_known_option_of_a_wrong_length_is_told_and_skipped() {
        assert_eq!(
            options(&[2, 3, 0, 4, 2, 0, 0, 0]),
            ["TCP: option 2 says 3 bytes, it has 4", "SACK permitted"]
        );
        assert_eq!(
            options(&[5, 4, 0, 0]),
            ["TCP: option 5 says 4 bytes, it can have 10 to 34"]
        );
    }

    #[test]
    fn an_option_cannot_leave_the_header() {
        for (bytes, why) in [
            ([8, 10, 0, 0], "TCP: option 8 says 10 bytes, it can have 2 to 4"),
            ([8, 0, 4, 2], "TCP: option 8 says 0 bytes, it can have 2 to 4"),
            ([254, 1, 0, 0], "TCP: option 254 says 1 byte, it can have 2 to 4"),
        ] {
            assert_eq!(options(&bytes), [why]);
        }
        assert_eq!(options(&[1, 1, 1, 8])[3], "TCP: 2 bytes needed, 1 there");
    }

    #[test]
    fn every_lie_is_told() {
        let with_offset = |offset: u8| {
            let mut bytes = SYN;
            bytes[12] = offset << 4;
            told(tcp::Segment::parse(&bytes))
        };

        assert_eq!(
            with_offset(4),
            "TCP: data offset says 16 bytes, the least is 20"
        );
        assert_eq!(with_offset(9), "TCP: data offset says 36 bytes, 32 there");
        assert_eq!(
            told(tcp::Segment::parse(&SYN[..19])),
            "TCP: 20 bytes needed, 19 there"
        );
    }

    #[test]
    fn more_than_forty_bytes_of_options_are_not_written() {
        let between = PseudoHeader::v4(ALICE, BOB, Protocol::TCP, 64);
        let write = |options: &[Opt<'_>]| {
            let header = tcp::Header { options, ..tcp::Header::default() };
            header.to_bytes(&between, b"")
        };
        let clock = Opt::Timestamps { value: 0, echo: 0 };
        let blocks = Opt::Sack(SackBlocks::from_bytes(&[0; 32]));

        assert_eq!(write(&[clock; 4]).unwrap().len(), 60);
        assert_eq!(
            told(write(&[clock, blocks])),
            "TCP: 44 bytes don't fit, the most is 40"
        );
        let huge = Opt::Unknown { kind: 253, data: &[0; 400] };
        assert!(write(&[huge]).is_err());
    }
}

mod in_a_frame {
    use super::*;

    fn frame(ether_type: EtherType, payload: &[u8]) -> Vec<u8> {
        let header = ethernet::Header {
            destination: Mac([2, 0, 0, 0, 0, 2]),
            source: Mac([2, 0, 0, 0, 0, 1]),
            ether_type,
        };
        [&header.to_bytes(), payload].concat()
    }

    fn v4(header: &ipv4::Header, payload: &[u8]) -> Vec<u8> {
        let bytes = header.to_bytes(payload.len()).unwrap();
        frame(EtherType::IPV4, &[&bytes, payload].concat())
    }

    fn v6(next: Protocol, payload: &[u8]) -> Vec<u8> {
        let header = ipv6::Header::new(next, ALICE6, BOB6);
        let bytes = header.to_bytes(payload.len()).unwrap();
        frame(EtherType::IPV6, &[&bytes, payload].concat())
    }

    fn kinds(bytes: &[u8]) -> Vec<&'static str> {
        let dissection = dissect(bytes);
        dissection.layers().iter().map(|layer| layer.kind.id()).collect()
    }

    #[test]
    fn no_bytes_have_no_layers() {
        let dissection = dissect(&[]);

        assert!(dissection.layers().is_empty());
        assert_eq!(dissection.fields().count(), 0);
        assert_eq!(
            dissection.error().unwrap().to_string(),
            "Ethernet II: 14 bytes needed, 0 there"
        );
    }

    #[test]
    fn a_fragment_is_not_taken_for_what_it_is_a_part_of() {
        let header = ipv4::Header {
            more_fragments: true,
            ..ipv4::Header::new(Protocol::UDP, ALICE, BOB)
        };
        let bytes = v4(&header, &[0; 16]);

        assert_eq!(kinds(&bytes), ["ethernet", "ipv4", "piece"]);
        assert_eq!(dissect(&bytes).error(), None);
    }

    #[test]
    fn icmp_belongs_to_ipv4_and_icmpv6_to_ipv6() {
        let header = ipv4::Header::new(Protocol::ICMPV6, ALICE, BOB);
        let echo = icmp::Header::echo_request(1, 1).to_bytes(b"");

        assert_eq!(kinds(&v4(&header, &echo)), ["ethernet", "ipv4", "data"]);
        assert_eq!(
            kinds(&v6(Protocol::ICMP, &echo)),
            ["ethernet", "ipv6", "data"]
        );
        assert_eq!(
            kinds(&v6(Protocol::ICMPV6, &echo)),
            ["ethernet", "ipv6", "icmpv6"]
        );
    }

    #[test]
    fn an_error_quotes_the_packet_that_it_is_about() {
        let header = ipv4::Header::new(Protocol::ICMP, ALICE, BOB);
        let quote = header.to_bytes(0).unwrap();
        let error = icmp::Header { kind: 11, code: 0, rest: [0; 4] };
        let error = [&error.to_bytes(&quote)[..], &quote].concat();
        let bytes = v4(&header, &error);

        assert_eq!(kinds(&bytes), ["ethernet", "ipv4", "icmp", "quote"]);
        assert_eq!(dissect(&bytes).checksum(2), Some(Verdict::Right));
    }

    #[test]
    fn all_of_a_neighbors_answer_is_fields() {
        let answer = [
            &[136, 0, 0, 0, 0x60, 0, 0, 0][..],
            &BOB6.octets(),
            &[2, 1, 2, 0, 0, 0, 0, 2], // target's interface
            &[9, 0, 0, 0, 0, 0, 0, 0], // a length of 0
        ];
        let bytes = v6(Protocol::ICMPV6, &answer.concat());
        let dissection = dissect(&bytes);

        let told: Vec<_> = dissection
            .fields_of(2)
            .skip(3)
            .map(|field| format!("{} {}", field.id(), field.value()))
            .collect();

        assert_eq!(
            told,
            [
                "icmpv6.flags solicited, override",
                "icmpv6.target fd00::2",
                "icmpv6.option target's interface 02:00:00:00:00:02",
                "icmpv6.option option 9, 8 bytes",
            ]
        );
    }

    #[test]
    fn surplus_and_padding_are_two_things() {
        let header = ipv4::Header::new(Protocol::UDP, ALICE, BOB);
        let datagram = [0, 1, 0, 2, 0, 10, 0, 0, b'h', b'i', 9, 9, 9];
        let mut bytes = v4(&header, &datagram);
        bytes.resize(60, 0);

        let dissection = dissect(&bytes);

        assert_eq!(
            kinds(&bytes),
            ["ethernet", "ipv4", "udp", "data", "surplus", "padding"]
        );
        let udp = 2;
        assert_eq!(dissection.checksum(udp), Some(Verdict::Absent));
        assert_eq!(dissection.fields_of(udp).count(), 4);
    }

    #[test]
    fn udp_over_ipv6_must_have_a_checksum() {
        // RFC 8200, section 8.1.
        let bytes = v6(Protocol::UDP, &[0, 1, 0, 2, 0, 8, 0, 0]);

        let verdict = dissect(&bytes).checksum(2);

        assert!(matches!(verdict, Some(Verdict::Wrong { .. })));
    }

    #[test]
    fn a_message_with_stops_to_come_is_not_judged() {
        let way = [17, 0, 0, 1, 0, 0, 0, 0]; // one segment left
        let datagram = [0, 1, 0, 2, 0, 8, 1, 2];
        let bytes = v6(Protocol::ROUTING, &[way, datagram].concat());

        let dissection = dissect(&bytes);

        assert_eq!(kinds(&bytes), ["ethernet", "ipv6", "routing", "udp"]);
        assert_eq!(dissection.checksum(3), Some(Verdict::Unknown));
        assert_eq!(dissection.pseudo_header(Kind::Udp, 8), None);
    }

    #[test]
    fn an_endless_chain_of_headers_comes_to_an_end() {
        let chain = [60, 0, 1, 4, 0, 0, 0, 0].repeat(100);
        let bytes = v6(Protocol::DESTINATION_OPTIONS, &chain);

        let dissection = dissect(&bytes);

        assert_eq!(dissection.layers().len(), 2 + 8 + 1);
        assert_eq!(dissection.layers().last().unwrap().kind, Kind::Unread);
        assert_eq!(
            dissection.error().unwrap().to_string(),
            "more than 8 headers, one behind another"
        );
    }

    #[test]
    fn the_checksum_that_is_due_is_told() {
        let header = ipv4::Header::new(Protocol::UDP, ALICE, BOB);
        let mut bytes = v4(&header, &[0, 1, 0, 2, 0, 8, 0, 0]);
        let due = u16::from_be_bytes([bytes[24], bytes[25]]);
        bytes[24] ^= 0xff;

        let dissection = dissect(&bytes);

        assert_eq!(dissection.checksum(1), Some(Verdict::Wrong { due }));
        let field = dissection.fields().find(|f| f.id() == "ipv4.checksum");
        let told = field.unwrap().value().to_string();
        assert!(told.ends_with(&format!(", wrong: {due:#06x} is due")));
    }

    #[test]
    fn bits_share_the_bytes_of_their_field() {
        let header = ipv4::Header {
            fragment_offset: 3,
            ..ipv4::Header::new(Protocol::UDP, ALICE, BOB)
        };
        let bytes = v4(&header, b"");
        let dissection = dissect(&bytes);
        let flags = dissection.fields().find(|f| f.id() == "ipv4.flags_offset");

        let bits: Vec<_> = flags
            .unwrap()
            .bits()
            .map(|(bits, value)| (bits.label, bits.width, value))
            .collect();

        assert_eq!(
            bits,
            [
                ("reserved", 1, 0),
                ("DF", 1, 1),
                ("MF", 1, 0),
                ("fragment offset", 13, 3),
            ]
        );
    }
}
