//! Rejected by: an_old_copy_is_acknowledged_by_its_own_number, three_hundred_bad_wires_deliver_all_of_it
//!
//! A copy is known by having the number of the piece before it. One that was
//! on its way for longer comes as a new piece.

/// The side that has pieces to send.
pub struct Sender {
    pieces: Vec<Vec<u8>>,
    /// The number of the piece on its way.
    current: u32,
}

impl Sender {
    /// Has these pieces to send.
    pub fn new(pieces: Vec<Vec<u8>>) -> Self {
        Sender { pieces, current: 0 }
    }

    /// The datagram that is to be sent, now or again. `None` when all pieces
    /// have been acknowledged.
    pub fn datagram(&self) -> Option<Vec<u8>> {
        let piece = self.pieces.get(self.current as usize)?;
        Some(datagram(b'D', self.current, piece))
    }

    /// Takes a datagram that has come. Says whether it was the ack that was
    /// waited for: then there is a new datagram to send, or nothing more.
    pub fn heard(&mut self, datagram: &[u8]) -> bool {
        let waiting = (self.current as usize) < self.pieces.len();
        let due = Some((self.current, &[][..]));
        let news = waiting && read(b'A', datagram) == due;
        self.current += u32::from(news);
        news
    }
}

/// The side that wants the pieces.
pub struct Receiver {
    pieces: Vec<Vec<u8>>,
}

impl Receiver {
    /// Has nothing yet.
    pub fn new() -> Self {
        Receiver { pieces: Vec::new() }
    }

    /// Takes a datagram that has come. Gives the ack to send, if one is due.
    pub fn heard(&mut self, datagram: &[u8]) -> Option<Vec<u8>> {
        let (number, piece) = read(b'D', datagram)?;
        let had = self.pieces.len();
        if number as usize > had {
            return None;
        }
        if number as usize + 1 != had {
            self.pieces.push(piece.to_vec());
        }
        Some(self::datagram(b'A', number, b""))
    }

    /// The pieces so far, in order.
    pub fn pieces(&self) -> &[Vec<u8>] {
        &self.pieces
    }
}

fn datagram(kind: u8, number: u32, data: &[u8]) -> Vec<u8> {
    [&[kind][..], &number.to_be_bytes(), data].concat()
}

/// The number and the data of a datagram of this kind.
fn read(kind: u8, datagram: &[u8]) -> Option<(u32, &[u8])> {
    let (first, rest) = datagram.split_first()?;
    let (number, data) = rest.split_first_chunk()?;
    (*first == kind).then_some((u32::from_be_bytes(*number), data))
}
