//! URLs that are allowed and URLs that are refused, each with its code.

use super::*;

#[test]
fn keeps_host_path_and_query() {
    let check = |url: &str, authority: &str, path: &str| {
        let destination = Destination::parse(url, &[443, 8443]).expect(url);
        assert_eq!(destination.authority().as_str(), authority, "{url}");
        let uri = destination.uri(Scheme::HTTP, Authority::from_static("127.0.0.1:80"));
        assert_eq!(uri.to_string(), format!("http://127.0.0.1:80{path}"), "{url}");
    };
    check("https://hooks.example.com", "hooks.example.com", "/");
    check("HTTPS://Hooks.example.com/a/%2e%2e/b?c=d&e", "Hooks.example.com", "/a/%2e%2e/b?c=d&e");
    check("https://hooks.example.com?c=d", "hooks.example.com", "/?c=d");
    check("https://hooks.example.com:443/", "hooks.example.com", "/");
    check("https://hooks.example.com:8443/", "hooks.example.com:8443", "/");
    check("https://xn--bcher-kva.example/", "xn--bcher-kva.example", "/");
    check("https://a_b.example/@user", "a_b.example", "/@user");
    check("https://8.8.8.8/", "8.8.8.8", "/");
    check("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443", "/");
    check("https://notlocal.example.localhost.com/", "notlocal.example.localhost.com", "/");
    check("https://mylocal.mylocalhost/", "mylocal.mylocalhost", "/");
}

#[test]
fn rejects_what_is_no_https_url() {
    let long = format!("https://hooks.example.com/{}", "a".repeat(MAX_URL));
    let label = format!("https://{}.example.com/", "a".repeat(64));
    refuses(
        "BadUrl",
        "\u{fffd} hooks.example.com / /path mailto:a@example.com https:// https:///path",
    );
    refuses("BadUrl", "http://hooks.example.com ftp://hooks.example.com wss://hooks.example.com");
    refuses("BadUrl", "https://user@hooks.example.com https://user:pass@hooks.example.com");
    refuses(
        "BadUrl",
        "https://127.0.0.1@hooks.example.com https://hooks.example.com:443@127.0.0.1",
    );
    refuses("BadUrl", "https://hooks.example.com: https://hooks.example.com:+443");
    refuses("BadUrl", "https://hooks.example.com:65536 https://hooks.example.com:x");
    refuses("BadUrl", "https://hooks.example.com/#part https://hooks.example.com#@10.0.0.1/");
    refuses("BadUrl", "https://hooks.example.com. https://hooks..example.com https://.example.com");
    refuses("BadUrl", "https://bücher.example https://hooks%2eexample.com https://a$b.example");
    refuses(
        "BadUrl",
        "https://hooks.example.com\\@10.0.0.1/ https://[fe80::1%25eth0]/ https://[::1",
    );
    refuses(
        "BadUrl",
        "https://[10.0.0.1]/ https://[example.com]/ https://::1/ https://2001:db8::1/",
    );
    // Other spellings of 127.0.0.1 and 169.254.169.254.
    refuses("BadUrl", "https://127.1 https://2130706433 https://0x7f000001 https://0x7f.0.0.1");
    refuses(
        "BadUrl",
        "https://0177.0.0.1 https://127.0.0.1. https://169.254.43518 https://example.0x7f",
    );
    refuses("BadUrl", &long);
    refuses("BadUrl", &label);
    assert_eq!(code(""), "BadUrl");
    assert_eq!(code(" https://hooks.example.com"), "BadUrl");
    assert_eq!(code("https://hooks.example.com/a b"), "BadUrl");
    assert_eq!(code("https://hooks.example.com/\r\nhost: x"), "BadUrl");
}

#[test]
fn rejects_hosts_inside_a_network_and_other_ports() {
    refuses(
        "NotPublic",
        "https://10.0.0.1 https://127.0.0.1 https://169.254.169.254/latest/meta-data",
    );
    refuses(
        "NotPublic",
        "https://192.168.1.1 https://100.64.0.1 https://0.0.0.0 https://255.255.255.255",
    );
    refuses("NotPublic", "https://[::1] https://[::] https://[fd00:ec2::254] https://[fe80::1]");
    refuses(
        "NotPublic",
        "https://[::ffff:10.0.0.1] https://[::ffff:a9fe:a9fe] https://[64:ff9b::a00:1]",
    );
    refuses(
        "NotPublic",
        "https://localhost https://LOCALHOST https://a.localhost https://intranet",
    );
    refuses(
        "NotPublic",
        "https://printer.local https://ip-10-0-0-1.ec2.internal https://a.home.arpa",
    );
    // The host is checked before the port, so that no answer tells about ports inside.
    refuses("NotPublic", "https://10.0.0.1:22 https://localhost:8080");
    refuses(
        "PortNotAllowed",
        "https://hooks.example.com:80 https://hooks.example.com:0 https://8.8.8.8:22",
    );
}

fn refuses(expected: &str, urls: &str) {
    for url in urls.split(' ') {
        assert_eq!(code(url), expected, "{url}");
    }
}

fn code(url: &str) -> String {
    let error = Destination::parse(url, &[443, 8443]).err();
    error.map_or_else(String::new, |error| {
        assert!(!error.passing && !error.throttled);
        error.code
    })
}
