package traffic

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Channel is the id of a channel.
func Channel(i int) string { return fmt.Sprintf("c%d", i) }

// Token is a channel's; nothing here is worth a secret.
func Token(channel string) string { return "token-of-" + channel }

// Secret is the network's for a channel.
func Secret(channel string) string { return "secret-of-" + channel }

// marked begins what tells a message apart: its phase and its number follow.
const marked = "bench "

// find reads "bench <phase> <number> ".
func find(body []byte) (phase, number int, ok bool) {
	_, rest, ok := bytes.Cut(body, []byte(marked))
	if !ok {
		return 0, 0, false
	}
	first, rest, ok := bytes.Cut(rest, []byte(" "))
	if !ok {
		return 0, 0, false
	}
	second, _, ok := bytes.Cut(rest, []byte(" "))
	if !ok {
		return 0, 0, false
	}
	phase, err := strconv.Atoi(string(first))
	if err != nil {
		return 0, 0, false
	}
	number, err = strconv.Atoi(string(second))
	return phase, number, err == nil
}

// text is what is sent: 160 bytes, which say what they belong to.
func text(phase, number int) string {
	s := fmt.Sprintf("%s%d %d ", marked, phase, number)
	return s + strings.Repeat("x", max(0, 160-len(s)))
}
