//! Sealing: what opens, and what must not.

#[cfg(test)]
mod tests {
    use narrowgate_secret::{KeyRing, Sealed, UnsealError};
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use secrecy::{ExposeSecret, SecretString};

    const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const ONES: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    fn ring(keys: &str) -> KeyRing {
        KeyRing::parse(keys, "test").unwrap()
    }

    fn seal(ring: &KeyRing, secret: &str, context: &str) -> Sealed {
        ring.seal(&SecretString::from(secret), context.as_bytes(), &mut StdRng::seed_from_u64(1)).unwrap()
    }

    fn open(ring: &KeyRing, sealed: &Sealed, context: &str) -> Result<String, UnsealError> {
        ring.open(sealed, context.as_bytes()).map(|secret| secret.expose_secret().to_owned())
    }

    /// Test case 13 of the AES-GCM specification (McGrew and Viega): key, nonce, text and additional data all zero or empty.
    #[test]
    fn opens_a_published_vector() {
        let tag =
            [0x53, 0x0f, 0x8a, 0xfb, 0xc7, 0x45, 0x36, 0xb9, 0xa9, 0x63, 0xb4, 0xf1, 0xc4, 0xcb, 0x73, 0x8b];
        let bytes = [[0; 12].as_slice(), &tag].concat();
        let sealed = Sealed { key_id: "66687aad".to_owned(), bytes };
        assert_eq!(open(&ring(ZEROS), &sealed, ""), Ok(String::new()));
    }

    #[test]
    fn any_key_of_the_ring_opens_and_the_first_seals() {
        let old = seal(&ring(ONES), "glpat-old", "row 1");
        let both = ring(&format!("{ZEROS} {ONES}"));
        assert_eq!(open(&both, &old, "row 1").as_deref(), Ok("glpat-old"));
        let new = seal(&both, "glpat-new", "row 1");
        assert_eq!((new.key_id.as_str(), both.sealing_id()), ("66687aad", "66687aad"));
        assert_eq!(open(&ring(ZEROS), &new, "row 1").as_deref(), Ok("glpat-new"));
        assert_eq!(open(&ring(ONES), &new, "row 1"), Err(UnsealError::UnknownKey("66687aad".to_owned())));
    }

    #[test]
    fn another_context_opens_nothing() {
        let sealed = seal(&ring(ZEROS), "glpat-a", "row 1");
        assert_eq!(open(&ring(ZEROS), &sealed, "row 2"), Err(UnsealError::Damaged));
    }

    #[test]
    fn nonces_differ() {
        let mut random = StdRng::seed_from_u64(1);
        let ring = KeyRing::generate(&mut random).unwrap();
        let secret = SecretString::from("glpat-a");
        let first = ring.seal(&secret, b"", &mut random).unwrap();
        let second = ring.seal(&secret, b"", &mut random).unwrap();
        assert_ne!(first.bytes[..12], second.bytes[..12]);
    }

    #[test]
    fn shows_neither_secret_nor_key() {
        let sealed = seal(&ring(ZEROS), "glpat-a", "");
        assert_eq!(
            format!("{sealed:?} {:?}", ring(ZEROS)),
            r#"Sealed(66687aad, 35 bytes) KeyRing["66687aad"]"#
        );
    }

    #[test]
    fn a_key_file_opens_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let first = KeyRing::from_file(&path, &mut StdRng::seed_from_u64(1)).unwrap();
        let second = KeyRing::from_file(&path, &mut StdRng::seed_from_u64(2)).unwrap();
        assert_eq!(open(&second, &seal(&first, "glpat-a", "c"), "c").as_deref(), Ok("glpat-a"));
    }

    proptest! {
        #[test]
        fn round_trips(secret: String, context: String, seed: u64) {
            let ring = KeyRing::generate(&mut StdRng::seed_from_u64(seed)).unwrap();
            let sealed = seal(&ring, &secret, &context);
            prop_assert_eq!(open(&ring, &sealed, &context), Ok(secret));
        }

        #[test]
        fn no_damage_goes_unseen(secret: String, place: prop::sample::Index, flip in 1_u8.., cut: prop::sample::Index) {
            let mut sealed = seal(&ring(ZEROS), &secret, "c");
            let short = Sealed { bytes: sealed.bytes[..cut.index(sealed.bytes.len())].to_vec(), ..sealed.clone() };
            prop_assert_eq!(open(&ring(ZEROS), &short, "c"), Err(UnsealError::Damaged));
            let place = place.index(sealed.bytes.len());
            sealed.bytes[place] ^= flip;
            prop_assert_eq!(open(&ring(ZEROS), &sealed, "c"), Err(UnsealError::Damaged));
        }
    }
}
