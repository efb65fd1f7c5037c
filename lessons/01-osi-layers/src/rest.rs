//! Bytes that belong to no header: data, padding, and what can't be read.

use crate::field::{Entry, Layout, show};

/// What a program handed over.
pub static DATA: Layout = Layout {
    id: "data",
    name: "Data",
    fixed: &[],
    varying: &[Entry::new(
        "data.bytes",
        "Data",
        0,
        show::data,
        "What the layer above handed over. The layers below carry it \
         without reading it.",
    )],
    next: |header, at| (&DATA.varying[0], header.len() - at),
};

/// What a fragment carries.
pub static PIECE: Layout = Layout {
    id: "piece",
    name: "Piece of a packet",
    fixed: &[],
    varying: &[Entry::new(
        "piece.bytes",
        "Piece",
        0,
        show::count,
        "A part of a packet that was too long for a link. It means nothing \
         until the receiver has all pieces and has joined them.",
    )],
    next: |header, at| (&PIECE.varying[0], header.len() - at),
};

/// The packet that an error of ICMP is about.
pub static QUOTE: Layout = Layout {
    id: "quote",
    name: "Quote",
    fixed: &[],
    varying: &[Entry::new(
        "quote.bytes",
        "Quoted packet",
        0,
        show::count,
        "The start of the packet that caused the error, from its IP header \
         on. It tells the sender's kernel which program is concerned.",
    )],
    next: |header, at| (&QUOTE.varying[0], header.len() - at),
};

/// What follows a datagram inside its packet.
pub static SURPLUS: Layout = Layout {
    id: "surplus",
    name: "Surplus",
    fixed: &[],
    varying: &[Entry::new(
        "surplus.bytes",
        "Surplus",
        0,
        show::count,
        "Inside the packet, but behind the end of the datagram, whose length \
         doesn't count these bytes. Linux cuts them off.",
    )],
    next: |header, at| (&SURPLUS.varying[0], header.len() - at),
};

/// What follows a packet inside its frame.
pub static PADDING: Layout = Layout {
    id: "padding",
    name: "Padding",
    fixed: &[],
    varying: &[Entry::new(
        "padding.bytes",
        "Padding",
        0,
        show::count,
        "Fills a short frame up to the least that Ethernet sends, 60 bytes. \
         It is no part of the packet, whose own length says where it ends.",
    )],
    next: |header, at| (&PADDING.varying[0], header.len() - at),
};

/// What stands behind an error.
pub static UNREAD: Layout = Layout {
    id: "unread",
    name: "Unread",
    fixed: &[],
    varying: &[Entry::new(
        "unread.bytes",
        "Unread",
        0,
        show::count,
        "A header here is cut off, or a length contradicts what is there, so \
         nobody can say what these bytes are.",
    )],
    next: |header, at| (&UNREAD.varying[0], header.len() - at),
};

/// For headers that have nothing behind their fixed fields.
pub fn next(header: &[u8], at: usize) -> (&'static Entry, usize) {
    (&UNREAD.varying[0], header.len() - at)
}
