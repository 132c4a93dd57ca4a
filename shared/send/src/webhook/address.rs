//! Addresses that a webhook can go to: globally routable unicast, so that no URL reaches the inside of a network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 blocks that are not global unicast, with their prefix length (IANA IPv4 Special-Purpose Address Registry).
const REFUSED_V4: [(Ipv4Addr, u32); 15] = [
    // This network and the unspecified address (RFC 791).
    (Ipv4Addr::UNSPECIFIED, 8),
    // Private use (RFC 1918).
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Shared address space of carriers, also inside AWS (RFC 6598).
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // Loopback (RFC 1122). Lambda's own API listens there.
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local (RFC 3927). Credentials and metadata of AWS are there.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // Protocol assignments (RFC 6890).
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // Documentation (RFC 5737).
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Relays of 6to4, deprecated (RFC 7526).
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    // Benchmarks (RFC 2544).
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // Multicast (RFC 5771).
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // Reserved, and the broadcast address (RFC 1112, RFC 919).
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Global unicast of IPv6 (RFC 4291, section 2.4). Everything outside is loopback, link-local, unique local (also the
/// metadata of AWS, `fd00:ec2::254`), multicast, IPv4-compatible, or not assigned.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Blocks of [`GLOBAL_V6`] that are not global unicast (IANA IPv6 Special-Purpose Address Registry).
const REFUSED_V6: [(Ipv6Addr, u32); 4] = [
    // Protocol assignments (RFC 2928): Teredo, which embeds IPv4 addresses, benchmarks, and ORCHID.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // Documentation (RFC 3849, RFC 9637).
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // 6to4, which embeds IPv4 addresses. Deprecated (RFC 7526), so that even public ones are refused.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
];

/// Blocks that stand for IPv4 addresses, which then decide: IPv4-mapped (RFC 4291), and NAT64 (RFC 6052), by which
/// subnets without IPv4 reach the rest of the internet.
const TRANSLATED_V6: [(Ipv6Addr, u32); 2] = [
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96),
];

/// Checks whether an address is globally routable unicast.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_in = |(block, length): &(Ipv4Addr, u32)| {
        (address.to_bits() ^ block.to_bits()) >> (u32::BITS - length) == 0
    };
    !REFUSED_V4.iter().any(is_in)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let is_in = |(block, length): &(Ipv6Addr, u32)| {
        (address.to_bits() ^ block.to_bits()) >> (u128::BITS - length) == 0
    };
    if TRANSLATED_V6.iter().any(is_in) {
        let [.., a, b, c, d] = address.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    is_in(&GLOBAL_V6) && !REFUSED_V6.iter().any(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "
        1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 52.95.110.1 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
        169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255
        192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0
        223.255.255.255
        2000:: 2001:200:: 2001:4860:4860::8888 2001:db7:: 2001:db9:: 2003:: 2600:1f18::1 2606:4700::1111
        2a05:d000::1 3ffe:: 3fff:1000:: 3fff:ffff::
        ::ffff:8.8.8.8 64:ff9b::8.8.8.8";

    const REFUSED: &str = "
        0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255
        169.254.0.0 169.254.169.254 169.254.170.2 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.8
        192.0.0.170 192.0.0.255 192.0.2.0 192.0.2.255 192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0
        198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.0 255.255.255.254 255.255.255.255
        :: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:0.0.0.0 ::ffff:127.0.0.1 ::ffff:10.1.2.3 ::ffff:169.254.169.254
        ::ffff:100.64.0.1 ::ffff:255.255.255.255 ::ffff:0:8.8.8.8
        64:ff9b::10.0.0.1 64:ff9b::127.0.0.1 64:ff9b::169.254.169.254 64:ff9b:1::8.8.8.8
        100::1 100:0:0:1::1 1fff:ffff:: 4000:: 5f00::1
        2001::1 2001:0:a00:1::f5ff:fffe 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1
        2001:1ff:ffff:: 2001:db8::1 2001:db8:ffff::1 3fff::1 3fff:fff:ffff::
        2002:7f00:1::1 2002:a00:1::1 2002:a9fe:a9fe::1 2002:c0a8:101:: 2002:808:808::1
        fc00::1 fd00::1 fd00:ec2::254 fdff:ffff:: fe80::1 fe80::a9fe:a9fe febf:: fec0::1 ff02::1 ff0e::1";

    #[test]
    fn allows_global_unicast_only() {
        let addresses = |table: &'static str| {
            table.split_whitespace().map(|text| text.parse::<IpAddr>().expect(text))
        };
        let wrongly_refused: Vec<_> =
            addresses(PUBLIC).filter(|address| !is_public(*address)).collect();
        let wrongly_allowed: Vec<_> =
            addresses(REFUSED).filter(|address| is_public(*address)).collect();
        assert_eq!((wrongly_refused, wrongly_allowed), (vec![], vec![]));
        assert!(addresses(PUBLIC).count() >= 40 && addresses(REFUSED).count() >= 80);
    }
}
