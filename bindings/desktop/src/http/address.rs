//! Which addresses mini-program traffic may reach: public ones only.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// True for addresses that belong to the public internet.
///
/// Whatever is private, shared, reserved, multicast, documentation, or a wrapper around an IPv4 address
/// (mapped, 6to4, NAT64, Teredo: they would carry a private address past the check) is not.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, ..)            // this network, private, loopback
            | (100, 64..=127, _)      // carrier-grade NAT
            | (169, 254, _)           // link-local, cloud metadata
            | (172, 16..=31, _)       // private
            | (192, 0, 0 | 2)         // protocol assignments, documentation
            | (192, 88, 99)           // 6to4 relay
            | (192, 168, _)           // private
            | (198, 18 | 19, _)       // benchmarking
            | (198, 51, 100)          // documentation
            | (203, 0, 113)           // documentation
            | (224..=255, ..) // multicast, reserved, broadcast
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Only 2000::/3 is given out to the public; in it, what is documentation or carries an IPv4 address is refused.
    // Everything else (loopback, mapped, 64:ff9b::/96, fc00::/7, fe80::/10, ff00::/8, …) lies outside.
    a & 0xe000 == 0x2000
        && a != 0x2002                        // 6to4
        && !(a == 0x2001 && b < 0x0200)       // Teredo, ORCHID, benchmarking
        && !(a == 0x2001 && b == 0x0db8)      // documentation
        && a != 0x3fff // documentation
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn what_is_not_public_is_refused() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:2::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.1",
            "2606:4700::1111",
            "2400:3200::1",
            "2001:4860:4860::8888",
            "2a00:1450::1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
