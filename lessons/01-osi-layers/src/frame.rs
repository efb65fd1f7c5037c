//! A frame through all its layers, each byte in exactly one field.
//!
//! ```text
//! frame    ┌──────────┬──────────┬──────────┬─────────────┬─────────┐
//! layers   │ ethernet │ ipv4     │ tcp      │ data        │ padding │
//! fields   │6 │6 │2   │1│1│2│2 … │2│2│4│4 … │             │         │
//!          └──────────┴──────────┴──────────┴─────────────┴─────────┘
//! ```
//!
//! Each layer says what the next one is: EtherType, then protocol. What
//! can't be read is a field too, and [`Dissection::error`] says why.
//!
//! Start reading at [`dissect`].

use std::fmt;
use std::ops::Range;
use std::slice;

use crate::checksum::{self, PseudoHeader, Sum, Verdict};
use crate::ethernet::EtherType;
use crate::field::{Entry, Field, Layout};
use crate::ipv4::Protocol;
use crate::{Error, arp, ethernet, http, icmp, ipv4, ipv6, rest, tcp, udp};

/// What the bytes of a layer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An Ethernet II header.
    Ethernet,
    /// An ARP packet.
    Arp,
    /// An IPv4 header.
    Ipv4,
    /// An IPv6 header.
    Ipv6,
    /// An IPv6 extension header with options for routers.
    HopByHop,
    /// An IPv6 extension header with stops on the way.
    Routing,
    /// An IPv6 extension header of a piece.
    Fragment,
    /// An IPv6 extension header with options for the destination.
    DestinationOptions,
    /// An ICMP header.
    Icmp,
    /// An ICMPv6 header.
    Icmpv6,
    /// A UDP header.
    Udp,
    /// A TCP header.
    Tcp,
    /// What looks like an HTTP message, or its start.
    Http,
    /// What a program handed over.
    Data,
    /// The packet that an error of ICMP is about, or its start.
    Quote,
    /// What a fragment carries.
    Piece,
    /// What stands in a packet behind the message.
    Surplus,
    /// What stands in a frame behind the packet.
    Padding,
    /// What stands behind an error.
    Unread,
}

impl Kind {
    /// Every kind there is, headers in the order of the layers first.
    pub const ALL: [Kind; 19] = [
        Kind::Ethernet,
        Kind::Arp,
        Kind::Ipv4,
        Kind::Ipv6,
        Kind::HopByHop,
        Kind::Routing,
        Kind::Fragment,
        Kind::DestinationOptions,
        Kind::Icmp,
        Kind::Icmpv6,
        Kind::Udp,
        Kind::Tcp,
        Kind::Http,
        Kind::Data,
        Kind::Quote,
        Kind::Piece,
        Kind::Surplus,
        Kind::Padding,
        Kind::Unread,
    ];

    /// Its table of fields.
    #[inline]
    pub fn layout(self) -> &'static Layout {
        match self {
            Kind::Ethernet => &ethernet::LAYOUT,
            Kind::Arp => &arp::LAYOUT,
            Kind::Ipv4 => &ipv4::LAYOUT,
            Kind::Ipv6 => &ipv6::LAYOUT,
            Kind::HopByHop => &ipv6::HOP_BY_HOP,
            Kind::Routing => &ipv6::ROUTING,
            Kind::Fragment => &ipv6::FRAGMENT,
            Kind::DestinationOptions => &ipv6::DESTINATION_OPTIONS,
            Kind::Icmp => &icmp::LAYOUT,
            Kind::Icmpv6 => &icmp::LAYOUT_V6,
            Kind::Udp => &udp::LAYOUT,
            Kind::Tcp => &tcp::LAYOUT,
            Kind::Http => &http::LAYOUT,
            Kind::Data => &rest::DATA,
            Kind::Quote => &rest::QUOTE,
            Kind::Piece => &rest::PIECE,
            Kind::Surplus => &rest::SURPLUS,
            Kind::Padding => &rest::PADDING,
            Kind::Unread => &rest::UNREAD,
        }
    }

    /// A name for programs, such as `ipv4`.
    pub fn id(self) -> &'static str {
        self.layout().id
    }

    /// A name for readers, such as `IPv4`.
    pub fn name(self) -> &'static str {
        self.layout().name
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// All fields that any frame may have: the catalogue.
pub fn catalogue() -> impl Iterator<Item = &'static Entry> {
    Kind::ALL.into_iter().flat_map(|kind| kind.layout().entries())
}

/// A layer of a frame: a header, or the bytes behind the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    /// What its bytes are.
    pub kind: Kind,
    /// Where they begin in the frame.
    pub start: usize,
    /// Where the next layer begins.
    pub end: usize,
}

impl Layer {
    /// Where its bytes lie in the frame.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The most layers that are told apart in one frame.
pub const MOST_LAYERS: usize = 16;

/// The most extension headers that are read: no packet that makes sense has
/// more (RFC 8200, section 4.1).
pub const MOST_EXTENSIONS: usize = 8;

/// A frame and the layers in it.
#[derive(Clone, Copy)]
pub struct Dissection<'a> {
    bytes: &'a [u8],
    layers: [Layer; MOST_LAYERS],
    count: usize,
    error: Option<Error>,
}

/// Walks through a frame's layers, as far as they can be read.
///
/// Nothing is copied or allocated, and no bytes make it panic.
///
/// ```
/// use lesson_osi_layers::frame::{Kind, dissect};
///
/// let frame = [0xff; 14 + 3];
/// let dissection = dissect(&frame);
/// let kinds: Vec<_> = dissection.layers().iter().map(|l| l.kind).collect();
/// assert_eq!(kinds, [Kind::Ethernet, Kind::Data]);
/// assert_eq!(dissection.fields().count(), 4);
/// ```
#[inline]
pub fn dissect(bytes: &[u8]) -> Dissection<'_> {
    let nothing = Layer { kind: Kind::Unread, start: 0, end: 0 };
    let mut dissection = Dissection {
        bytes,
        layers: [nothing; MOST_LAYERS],
        count: 0,
        error: None,
    };
    let mut walk = Walk { dissection: &mut dissection, at: 0 };
    if let Err(error) = walk.ethernet(bytes) {
        walk.dissection.error = Some(error);
    }
    dissection
}

/// Notes down the layers on the way through a frame.
struct Walk<'w, 'a> {
    dissection: &'w mut Dissection<'a>,
    /// Where the next layer begins.
    at: usize,
}

impl<'a> Walk<'_, 'a> {
    /// Notes that the next `length` bytes are a layer; if there are any.
    #[inline]
    fn push(&mut self, kind: Kind, length: usize) {
        let (start, end) = (self.at, self.at + length);
        let dissection = &mut *self.dissection;
        if let Some(place) = dissection.layers.get_mut(dissection.count)
            && length > 0
        {
            *place = Layer { kind, start, end };
            dissection.count += 1;
            self.at = end;
        }
    }

    /// Notes that nobody can read on behind an error, `length` bytes in all,
    /// and goes on with the error.
    #[cold]
    fn unread(&mut self, end: usize, error: Error) -> Result<(), Error> {
        self.push(Kind::Unread, end.saturating_sub(self.at));
        Err(error)
    }

    #[inline]
    fn ethernet(&mut self, bytes: &'a [u8]) -> Result<(), Error> {
        let frame = match ethernet::Frame::parse(bytes) {
            Ok(frame) => frame,
            Err(error) => return self.unread(bytes.len(), error),
        };
        self.push(Kind::Ethernet, ethernet::HEADER);
        let payload = frame.payload();
        let read = match frame.ether_type() {
            EtherType::IPV4 => self.ipv4(payload),
            EtherType::IPV6 => self.ipv6(payload),
            EtherType::ARP => self.arp(payload),
            _ => {
                self.push(Kind::Data, payload.len());
                Ok(())
            }
        };
        self.push(Kind::Padding, bytes.len() - self.at);
        read
    }

    fn arp(&mut self, bytes: &'a [u8]) -> Result<(), Error> {
        match arp::Packet::parse(bytes) {
            Ok(packet) => {
                self.push(Kind::Arp, bytes.len() - packet.padding().len());
                Ok(())
            }
            Err(error) => self.unread(self.at + bytes.len(), error),
        }
    }

    #[inline]
    fn ipv4(&mut self, bytes: &'a [u8]) -> Result<(), Error> {
        let end = self.at + bytes.len();
        let packet = match ipv4::Packet::parse(bytes) {
            Ok(packet) => packet,
            Err(error) => {
                // A header may be whole though its lengths lie.
                let header = ipv4::header_length(bytes).unwrap_or(0);
                self.push(Kind::Ipv4, header);
                return self.unread(end, error);
            }
        };
        self.push(Kind::Ipv4, packet.header_length());
        match packet.is_fragment() {
            true => self.push(Kind::Piece, packet.payload().len()),
            false => self.upper(packet.protocol(), packet.payload(), false)?,
        }
        Ok(())
    }

    #[inline]
    fn ipv6(&mut self, bytes: &'a [u8]) -> Result<(), Error> {
        let end = self.at + bytes.len();
        let packet = match ipv6::Packet::parse(bytes) {
            Ok(packet) => packet,
            Err(error) => {
                if matches!(error, Error::TooLarge { .. }) {
                    self.push(Kind::Ipv6, ipv6::HEADER);
                }
                return self.unread(end, error);
            }
        };
        self.push(Kind::Ipv6, ipv6::HEADER);
        let end = self.at + packet.payload().len();
        let mut extensions = packet.extensions();
        if let Err(error) = self.extensions(&mut extensions) {
            return self.unread(end, error);
        }
        let payload = extensions.payload();
        match extensions.in_pieces() {
            true => self.push(Kind::Piece, payload.len()),
            false => self.upper(extensions.protocol(), payload, true)?,
        }
        Ok(())
    }

    #[inline]
    fn extensions(
        &mut self,
        extensions: &mut ipv6::Extensions<'a>,
    ) -> Result<(), Error> {
        let limit = MOST_EXTENSIONS;
        for (count, extension) in extensions.enumerate() {
            let header = extension?;
            if count == limit {
                return Err(Error::TooMany { limit });
            }
            self.push(header.kind(), header.bytes().len());
        }
        Ok(())
    }

    /// What a packet carries. ICMP belongs to IPv4, ICMPv6 to IPv6; in the
    /// other they are bytes that nobody there can read.
    #[inline]
    fn upper(
        &mut self,
        protocol: Protocol,
        bytes: &'a [u8],
        v6: bool,
    ) -> Result<(), Error> {
        match (protocol, v6) {
            (Protocol::TCP, _) => self.tcp(bytes),
            (Protocol::UDP, _) => self.udp(bytes),
            (Protocol::ICMP, false) => {
                self.icmp(Kind::Icmp, icmp::Message::parse(bytes), bytes)
            }
            (Protocol::ICMPV6, true) => {
                self.icmp(Kind::Icmpv6, icmp::Message::parse_v6(bytes), bytes)
            }
            _ => {
                self.push(Kind::Data, bytes.len());
                Ok(())
            }
        }
    }

    fn icmp(
        &mut self,
        kind: Kind,
        message: Result<icmp::Message<'a>, Error>,
        bytes: &'a [u8],
    ) -> Result<(), Error> {
        match message {
            Ok(message) => {
                let header = message.header_length(kind);
                self.push(kind, header);
                let quotes = message.is_error(kind);
                let rest = if quotes { Kind::Quote } else { Kind::Data };
                self.push(rest, bytes.len() - header);
                Ok(())
            }
            Err(error) => self.unread(self.at + bytes.len(), error),
        }
    }

    fn udp(&mut self, bytes: &'a [u8]) -> Result<(), Error> {
        let end = self.at + bytes.len();
        match udp::Datagram::parse(bytes) {
            Ok(datagram) => {
                self.push(Kind::Udp, udp::HEADER);
                self.push(Kind::Data, datagram.payload().len());
                self.push(Kind::Surplus, datagram.surplus().len());
                Ok(())
            }
            Err(error) => {
                if bytes.len() >= udp::HEADER {
                    self.push(Kind::Udp, udp::HEADER);
                }
                self.unread(end, error)
            }
        }
    }

    #[inline]
    fn tcp(&mut self, bytes: &'a [u8]) -> Result<(), Error> {
        match tcp::Segment::parse(bytes) {
            Ok(segment) => {
                self.push(Kind::Tcp, segment.header_length());
                let data = segment.payload();
                let is_http = http::begins(data);
                let kind = if is_http { Kind::Http } else { Kind::Data };
                self.push(kind, data.len());
                Ok(())
            }
            Err(error) => self.unread(self.at + bytes.len(), error),
        }
    }
}

impl<'a> Dissection<'a> {
    /// The frame.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The layers, outermost first. They cover the frame without a gap.
    #[inline]
    pub fn layers(&self) -> &[Layer] {
        &self.layers[..self.count]
    }

    /// The first layer of that kind.
    pub fn layer(&self, kind: Kind) -> Option<&Layer> {
        self.layers().iter().find(|layer| layer.kind == kind)
    }

    /// Why the walk ended early, if it did.
    pub fn error(&self) -> Option<Error> {
        self.error
    }

    /// The fields, first byte first. They cover the frame without a gap.
    #[inline]
    pub fn fields(&self) -> Fields<'_> {
        let fixed = [].iter();
        Fields { dissection: self, begun: 0, fixed, at: 0, end: 0 }
    }

    /// The fields of one layer.
    pub fn fields_of(&self, layer: usize) -> impl Iterator<Item = Field<'_>> {
        self.fields().filter(move |field| field.layer_index() == layer)
    }

    /// What the checksum in a layer turned out to be; none where its header
    /// has none.
    pub fn checksum(&self, layer: usize) -> Option<Verdict> {
        let Layer { kind, start, end } = *self.layers().get(layer)?;
        let header = &self.bytes[start..end];
        // The message reaches from its header to the end of its data.
        let message = || {
            let is_data = |layer: &&Layer| {
                matches!(layer.kind, Kind::Data | Kind::Http | Kind::Quote)
            };
            let data = self.layers().get(layer + 1).filter(is_data);
            &self.bytes[start..data.map_or(end, |data| data.end)]
        };
        let unread = self.error.is_some();
        Some(match kind {
            Kind::Ipv4 => checksum::verify(Sum::new(), header, 10),
            Kind::Udp if udp_checksum(header) == 0 && !self.is_v6() => {
                Verdict::Absent
            }
            Kind::Udp | Kind::Tcp | Kind::Icmp | Kind::Icmpv6 if unread => {
                Verdict::Unknown
            }
            Kind::Icmp => icmp::verify(Sum::new(), message()),
            Kind::Icmpv6 => self.with_pseudo_header(layer, message()),
            Kind::Udp | Kind::Tcp => self.with_pseudo_header(layer, message()),
            _ => return None,
        })
    }

    fn is_v6(&self) -> bool {
        self.layer(Kind::Ipv6).is_some()
    }

    fn with_pseudo_header(&self, layer: usize, message: &[u8]) -> Verdict {
        let kind = self.layers[layer].kind;
        let Some(between) = self.pseudo_header(kind, message.len()) else {
            return Verdict::Unknown;
        };
        let sum = between.sum();
        match kind {
            Kind::Udp if sum.plus(message).is_right() => Verdict::Right,
            Kind::Udp => Verdict::Wrong { due: udp::due(sum, message) },
            Kind::Tcp => checksum::verify(sum, message, tcp::CHECKSUM),
            _ => icmp::verify(sum, message),
        }
    }

    /// The pseudo-header of a message of `length` bytes in this frame; none
    /// where the frame doesn't hold all of it.
    pub fn pseudo_header(
        &self,
        kind: Kind,
        length: usize,
    ) -> Option<PseudoHeader> {
        let protocol = match kind {
            Kind::Tcp => Protocol::TCP,
            Kind::Udp => Protocol::UDP,
            Kind::Icmpv6 => Protocol::ICMPV6,
            _ => return None,
        };
        if let Some(layer) = self.layer(Kind::Ipv4) {
            let ip = ipv4::Packet::parse(&self.bytes[layer.start..]).ok()?;
            let (from, to) = (ip.source(), ip.destination());
            let length = u16::try_from(length).ok()?;
            return Some(PseudoHeader::v4(from, to, protocol, length));
        }
        self.pseudo_header_v6(protocol, u32::try_from(length).ok()?)
    }

    fn pseudo_header_v6(
        &self,
        protocol: Protocol,
        length: u32,
    ) -> Option<PseudoHeader> {
        let layer = self.layer(Kind::Ipv6)?;
        let ip = ipv6::Packet::parse(&self.bytes[layer.start..]).ok()?;
        // RFC 8200, section 8.1: with stops left, the address that counts is
        // the last one in the routing header.
        let stops = |extension| match extension {
            Ok(ipv6::Extension::Routing(way)) => way.segments_left() > 0,
            _ => false,
        };
        if ip.extensions().any(stops) {
            return None;
        }
        let (from, to) = (ip.source(), ip.destination());
        Some(PseudoHeader::v6(from, to, protocol, length))
    }
}

fn udp_checksum(header: &[u8]) -> u16 {
    match *header {
        [.., high, low] => u16::from_be_bytes([high, low]),
        _ => 0,
    }
}

impl fmt::Debug for Dissection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dissection")
            .field("layers", &self.layers())
            .field("error", &self.error)
            .finish()
    }
}

/// The fields of a frame, first byte first.
#[derive(Debug, Clone)]
pub struct Fields<'d> {
    dissection: &'d Dissection<'d>,
    /// The layers begun so far.
    begun: usize,
    /// The fixed fields of the last of them that are still to come.
    fixed: slice::Iter<'static, Entry>,
    /// Where the next field begins.
    at: usize,
    /// Where its layer ends.
    end: usize,
}

impl<'d> Fields<'d> {
    /// A field that isn't in every such header: its layout knows which.
    fn varying(&self) -> (&'static Entry, usize) {
        let layer = self.dissection.layers[self.begun - 1];
        let header = &self.dissection.bytes[layer.range()];
        (layer.kind.layout().next)(header, self.at - layer.start)
    }
}

impl<'d> Iterator for Fields<'d> {
    type Item = Field<'d>;

    #[inline]
    fn next(&mut self) -> Option<Field<'d>> {
        if self.at == self.end {
            let layer = self.dissection.layers().get(self.begun)?;
            self.begun += 1;
            self.fixed = layer.kind.layout().fixed.iter();
            self.end = layer.end;
        }
        let (entry, width) = match self.fixed.next() {
            Some(entry) => (entry, entry.width),
            None => self.varying(),
        };
        let (start, layer) = (self.at, self.begun - 1);
        // Whatever a layout says, a field has a byte, and its layer's.
        self.at = self.end.min(start + width.max(1));
        let (dissection, end) = (self.dissection, self.at);
        Some(Field { dissection, entry, layer, start, end })
    }
}
