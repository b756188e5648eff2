//! The decision: bearer, needs and facts in, allow or a denial with its reason out.
