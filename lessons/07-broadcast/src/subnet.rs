//! A network's addresses: which bits are common, and which address means
//! everybody.
//!
//! ```text
//! 10.0.0.1/24   00001010 00000000 00000000│00000001
//! netmask       11111111 11111111 11111111│00000000   255.255.255.0
//! network       00001010 00000000 00000000│00000000   10.0.0.0
//! broadcast     00001010 00000000 00000000│11111111   10.0.0.255
//! ```
//!
//! RFC 1122, section 3.2.1.3: the host's bits all ones mean all hosts. Start
//! reading at [`Subnet::broadcast`].

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

/// An address, and how many of its bits name the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    address: Ipv4Addr,
    prefix: u8,
}

impl Subnet {
    /// A host's address and the length of its network's prefix, 0 to 32
    /// bits; `None` for more.
    pub fn new(address: Ipv4Addr, prefix: u8) -> Option<Self> {
        (prefix <= 32).then_some(Subnet { address, prefix })
    }

    /// The host's own address.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// How many bits the network's name has, from the left.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    // ANCHOR: broadcast
    /// A one for each bit that names the network.
    pub fn netmask(&self) -> Ipv4Addr {
        // For a prefix of 0 this would shift out all 32, which overflows.
        let zeros = u32::from(32 - self.prefix);
        Ipv4Addr::from(u32::MAX.checked_shl(zeros).unwrap_or(0))
    }

    /// The address with the host's bits all zeros: it names the network.
    pub fn network(&self) -> Ipv4Addr {
        self.address & self.netmask()
    }

    /// The address with the host's bits all ones: everybody in this network,
    /// RFC 1122, section 3.2.1.3.
    ///
    /// `None` for a prefix of 31 or 32 bits. With one bit or none there is
    /// no address left that isn't a host's: RFC 3021.
    pub fn broadcast(&self) -> Option<Ipv4Addr> {
        let everybody = self.network() | !self.netmask();
        (self.prefix <= 30).then_some(everybody)
    }
    // ANCHOR_END: broadcast

    /// How many hosts the network has addresses for.
    pub fn hosts(&self) -> u64 {
        let all = 1u64 << (32 - self.prefix);
        match self.broadcast() {
            // All zeros names the network, all ones means everybody.
            Some(_) => all - 2,
            None => all,
        }
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.address, self.prefix))
    }
}

/// Why a text is no address with a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing says how many bits name the network.
    NoPrefix,
    /// What stands before the slash.
    Address(String),
    /// What stands behind it.
    Prefix(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::NoPrefix => write!(
                f,
                "without the length of the prefix nobody knows the \
                 broadcast address: write 10.0.0.1/24"
            ),
            Wrong::Address(text) => write!(
                f,
                "{text:?} is no IPv4 address: write four numbers up to 255, \
                 such as 10.0.0.1"
            ),
            Wrong::Prefix(text) => write!(
                f,
                "{text:?} is no prefix length: write a number from 0 to 32"
            ),
        }
    }
}

impl std::error::Error for Wrong {}

impl FromStr for Subnet {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let (address, prefix) = text.split_once('/').ok_or(Wrong::NoPrefix)?;
        let wrong = || Wrong::Prefix(prefix.into());
        // "+8" is a number to Rust, and no prefix.
        let digits = prefix.bytes().all(|b| b.is_ascii_digit());
        let length = prefix.parse().ok().filter(|_| digits);
        let address =
            address.parse().map_err(|_| Wrong::Address(address.into()))?;
        length.and_then(|l| Subnet::new(address, l)).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(text: &str) -> Subnet {
        text.parse().unwrap()
    }

    #[test]
    fn the_broadcast_address_follows_from_the_netmask() {
        for (text, everybody) in [
            ("10.0.0.1/24", [10, 0, 0, 255]),
            ("192.168.7.130/26", [192, 168, 7, 191]),
            ("172.16.5.4/20", [172, 16, 15, 255]),
            ("10.1.2.3/8", [10, 255, 255, 255]),
            ("10.1.2.1/30", [10, 1, 2, 3]),
            ("1.2.3.4/0", [255; 4]),
        ] {
            let everybody = Some(Ipv4Addr::from(everybody));
            assert_eq!(subnet(text).broadcast(), everybody, "{text}");
        }
    }

    #[test]
    fn two_hosts_and_one_host_have_no_broadcast_address() {
        assert_eq!(subnet("10.1.2.2/31").broadcast(), None);
        assert_eq!(subnet("10.1.2.2/31").hosts(), 2);
        assert_eq!(subnet("10.1.2.2/32").broadcast(), None);
        assert_eq!(subnet("10.1.2.2/32").hosts(), 1);
    }

    #[test]
    fn a_network_of_24_bits_has_254_hosts() {
        let all = subnet("10.0.0.77/24");

        assert_eq!(all.netmask(), Ipv4Addr::new(255, 255, 255, 0));
        assert_eq!(all.network(), Ipv4Addr::new(10, 0, 0, 0));
        assert_eq!(all.hosts(), 254);
        assert_eq!(subnet("0.0.0.0/0").hosts(), (1 << 32) - 2);
    }

    #[test]
    fn what_is_no_subnet_is_refused_with_the_reason() {
        let wrong = |text: &str| text.parse::<Subnet>().unwrap_err();

        assert_eq!(wrong("10.0.0.1"), Wrong::NoPrefix);
        assert_eq!(wrong("10.0.0/24"), Wrong::Address("10.0.0".into()));
        for prefix in ["33", "", "-1", "+8", "24 ", "999999999999"] {
            let text = format!("10.0.0.1/{prefix}");
            assert_eq!(wrong(&text), Wrong::Prefix(prefix.into()));
        }
    }
}
