package scan

import (
	"encoding/base64"
	"strings"
)

// maxJWT is the longest token in bytes that is looked at. Those of networks have some hundred.
const maxJWT = 8 << 10

// Segments are the three of a token; none where it has more or fewer, or is too long.
func Segments(token string) (head, payload, signature string) {
	all := strings.SplitN(token, ".", 4)
	if len(token) > maxJWT || len(all) != 3 {
		return "", "", ""
	}
	return all[0], all[1], all[2]
}

// Segment is the JSON of a token's segment, nil for what is none.
func Segment(text string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return Value(raw)
}

// Claim is a claim that is a text or a number, of a token that nobody has verified.
func Claim(token, claim string) string {
	if scheme, rest, ok := strings.Cut(token, " "); ok && strings.EqualFold(scheme, "bearer") {
		token = rest
	}
	_, payload, _ := Segments(token)
	return Text(Member(Segment(payload), claim))
}
