//! Tokens as text: known answers, and what parsing refuses.

#[cfg(test)]
mod tests {
    use narrowgate_secret::{ParseTokenError, PlainToken, Prefixes, TokenDigest, mint};
    use proptest::prelude::*;
    use rand::rngs::StdRng;
    use rand::{SeedableRng, TryCryptoRng, TryRng};

    /// A source that gives the same bytes over and over.
    struct Fixed([u8; 20]);

    impl TryRng for Fixed {
        type Error = std::convert::Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            rand::rand_core::utils::next_word_via_fill(self)
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            rand::rand_core::utils::next_word_via_fill(self)
        }

        fn try_fill_bytes(&mut self, room: &mut [u8]) -> Result<(), Self::Error> {
            room.iter_mut().zip(self.0.iter().cycle()).for_each(|(to, from)| *to = *from);
            Ok(())
        }
    }

    impl TryCryptoRng for Fixed {}

    const COUNTING: [u8; 20] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];

    /// Computed apart from this code, from the description alone.
    const KNOWN: [([u8; 20], &str, &str); 3] = [
        ([0; 20], "ngpat-0000000000000000000000000000Vbhf0", "ngcbt-0000000000000000000000000002y5CVF"),
        (COUNTING, "ngpat-0029sS3yqsuDyR1vGFhTuuRAq1b4Y8G6k", "ngcbt-0029sS3yqsuDyR1vGFhTuuRAq1b1CQA9J"),
        ([255; 20], "ngpat-aWgEPTl1tmebfsQzFP4bxwgy80V09uh8x", "ngcbt-aWgEPTl1tmebfsQzFP4bxwgy80V3FJAJY"),
    ];

    #[test]
    fn known_answers() {
        let prefixes = Prefixes::default();
        for (bits, personal, job) in KNOWN {
            for (prefix, text) in [(prefixes.personal(), personal), (prefixes.job(), job)] {
                let token = mint(prefix, &mut Fixed(bits));
                assert_eq!(token.expose(), text);
                assert_eq!(PlainToken::parse(text, &prefixes).unwrap(), token);
                assert_eq!(token.prefix(), prefix.as_str());
            }
        }
        let digest = PlainToken::parse(KNOWN[1].1, &prefixes).unwrap().digest();
        assert_eq!(digest.as_bytes()[..4], [0xfb, 0x0c, 0x76, 0x31]);
    }

    #[test]
    fn refuses_with_the_reason() {
        use ParseTokenError::{Checksum, Malformed, NotOurs};
        let good = KNOWN[1].1;
        for (text, reason) in [
            (String::new(), NotOurs),
            ("ngpat".to_owned(), NotOurs),
            ("glpat-0029sS3yqsuDyR1vGFhTuuRAq1b".to_owned(), NotOurs),
            (format!(" {good}"), NotOurs),
            (good.replacen("ngpat", "NGPAT", 1), NotOurs),
            ("ngpat-".to_owned(), Malformed),
            (format!("{good} "), Malformed),
            (format!("{good}\n"), Malformed),
            (good[..38].to_owned(), Malformed),
            (good.replace('s', "-"), Malformed),
            (good.replace("29", "é"), Malformed),
            (good.replace('b', "c"), Checksum),
            (good.replacen("ngpat", "ngcbt", 1), Checksum),
            (good.replace("4Y8G6k", "5Y8G6k"), Checksum),
            // One more than 160 bits can hold.
            ("ngpat-aWgEPTl1tmebfsQzFP4bxwgy80W000000".to_owned(), Malformed),
            ("ngpat-zzzzzzzzzzzzzzzzzzzzzzzzzzz000000".to_owned(), Malformed),
        ] {
            assert_eq!(PlainToken::parse(&text, &Prefixes::default()).unwrap_err(), reason, "{text}");
            assert_eq!(TokenDigest::parse(&text, &Prefixes::default()).unwrap_err(), reason, "{text}");
        }
    }

    #[test]
    fn shows_the_prefix_only() {
        let token = PlainToken::parse(KNOWN[1].1, &Prefixes::default()).unwrap();
        assert_eq!(format!("{token:?}"), "PlainToken(ngpat-…)");
        assert_eq!(format!("{token:#?}"), "PlainToken(ngpat-…)");
    }

    #[test]
    fn takes_configured_prefixes() {
        let prefixes = Prefixes::new("acme-ng-".parse().unwrap(), "acme-job-".parse().unwrap()).unwrap();
        let token = mint(prefixes.job(), &mut StdRng::seed_from_u64(7));
        assert!(token.expose().starts_with("acme-job-"));
        assert_eq!(PlainToken::parse(token.expose(), &prefixes).unwrap(), token);
        assert_eq!(PlainToken::parse(token.expose(), &Prefixes::default()), Err(ParseTokenError::NotOurs));
    }

    proptest! {
        #[test]
        fn every_minted_token_parses(seed: u64) {
            let prefixes = Prefixes::default();
            let token = mint(prefixes.personal(), &mut StdRng::seed_from_u64(seed));
            prop_assert_eq!(token.expose().len(), 39);
            prop_assert_eq!(&PlainToken::parse(token.expose(), &prefixes).unwrap(), &token);
            prop_assert_eq!(TokenDigest::parse(token.expose(), &prefixes).unwrap(), token.digest());
            prop_assert_eq!(TokenDigest::of(token.expose()), token.digest());
        }

        #[test]
        fn no_single_change_passes(seed: u64, place in 6_usize..39, digit in "[0-9A-Za-z]") {
            let token = mint(Prefixes::default().personal(), &mut StdRng::seed_from_u64(seed));
            let mut text = token.expose().to_owned();
            text.replace_range(place..=place, &digit);
            let parsed = PlainToken::parse(&text, &Prefixes::default());
            prop_assert_eq!(parsed.is_ok(), text == token.expose());
        }

        #[test]
        fn no_text_breaks_the_parser(text: String, body in ".{0,40}") {
            prop_assert!(PlainToken::parse(&text, &Prefixes::default()).is_err());
            let dressed = format!("ngpat-{body}");
            prop_assert!(PlainToken::parse(&dressed, &Prefixes::default()).is_err());
        }
    }
}
