//! What the library claims: the same bytes on every machine.

use std::mem::align_of;

use lesson_byte_order::{Be16, Be32, Be64, Header, Mark, Order, WireHeader};
use support::memory::most_held;

#[test]
fn the_most_significant_byte_goes_first() {
    assert_eq!(Be16::from_host(0x1f90).to_bytes(), [0x1f, 0x90]);
    assert_eq!(Be32::from_host(0x0102_0304).to_bytes(), [1, 2, 3, 4]);
    let bytes = Be64::from_host(0x0102_0304_0506_0708).to_bytes();
    assert_eq!(bytes, [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn bytes_from_the_wire_are_read_the_most_significant_first() {
    assert_eq!(Be16::from_bytes([0x1f, 0x90]).to_host(), 8080);
    assert_eq!(Be32::from_bytes([1, 2, 3, 4]).to_host(), 0x0102_0304);
    let wire = Be64::from_bytes([0, 0, 0, 0, 0, 0, 1, 0]);
    assert_eq!(wire.to_host(), 256);
}

#[test]
fn every_port_goes_out_and_comes_in_as_itself() {
    for port in 0..=u16::MAX {
        let wire = Be16::from_host(port);

        assert_eq!(wire.to_host(), port);
        assert_eq!(Be16::from_bytes(wire.to_bytes()), wire);
        // What the standard library puts into a header of its own.
        assert_eq!(wire.to_bytes(), port.to_be().to_ne_bytes());
    }
}

#[test]
fn printing_tells_the_number_and_its_bytes() {
    assert_eq!(Be16::from_host(8080).to_string(), "8080 [1f 90]");
    assert_eq!(format!("{:?}", Be16::from_host(7)), "Be16(7 [00 07])");
    assert_eq!(Be32::from_host(1).to_string(), "1 [00 00 00 01]");
}

#[test]
fn a_wire_number_may_stand_at_any_address() {
    assert_eq!((size_of::<Be16>(), align_of::<Be16>()), (2, 1));
    assert_eq!((size_of::<Be32>(), align_of::<Be32>()), (4, 1));
    assert_eq!((size_of::<Be64>(), align_of::<Be64>()), (8, 1));
}

#[test]
fn a_header_has_five_bytes_with_the_length_big_endian() {
    let header = Header { kind: 1, length: 300 };

    assert_eq!(header.to_bytes(), [1, 0, 0, 1, 0x2c]);
    assert_eq!(Header::from_bytes([1, 0, 0, 1, 0x2c]), header);
    assert_eq!(Header::from(WireHeader::from(header)), header);
}

#[test]
fn a_mark_tells_its_order_and_a_cut_one_is_none() {
    let magic = 0xa1b2_c3d4_u32;

    let big = magic.to_be_bytes();
    assert_eq!(Mark::of(&big), Some(Mark::Pcap(Order::Big)));
    let little = magic.to_le_bytes();
    assert_eq!(Mark::of(&little), Some(Mark::Pcap(Order::Little)));
    let own = magic.to_ne_bytes();
    assert_eq!(Mark::of(&own), Some(Mark::Pcap(Order::NATIVE)));
    for end in 0..4 {
        assert_eq!(Mark::of(&big[..end]), None);
        assert_eq!(Mark::of(&little[..end]), None);
    }
    assert_eq!(Mark::of(b"\xfe\xff"), Some(Mark::Utf16(Order::Big)));
    assert_eq!(Mark::of(b"\xff\xfeh\0"), Some(Mark::Utf16(Order::Little)));
    assert_eq!(Mark::of(b"\xef\xbb\xbf"), Some(Mark::Utf8));
    assert_eq!(Mark::of(b"\xef\xbb"), None);
    assert_eq!(Mark::of(b"hello"), None);
}

#[test]
fn nothing_allocates() {
    let ((), held) = most_held(|| {
        for number in 0..1000 {
            let header = Header { kind: 1, length: number };
            let again = Header::from_bytes(header.to_bytes());
            let wire = WireHeader::from(again);
            assert_eq!(wire.length.to_host(), number);
            assert_eq!(Mark::of(&wire.length.to_bytes()), None);
        }
    });

    assert_eq!(held, 0);
}
