package sandbox

import (
	"fmt"
	"math"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func asset(t *testing.T, name string) string {
	t.Helper()
	data, err := assets.ReadFile("assets/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// luminance is that of a colour such as #14212b or #fff.
// https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	hex := strings.TrimPrefix(colour, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatalf("%s: %v", colour, err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// Small text is read on every ground that it stands on, in both colour schemes.
// https://www.w3.org/TR/WCAG22/#contrast-minimum
func TestTextStandsOutFromItsGround(t *testing.T) {
	t.Parallel()
	variable := regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{3,6});`)
	roots := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(asset(t, "page.css"), -1)
	if len(roots) != 2 {
		t.Fatalf("%d colour schemes", len(roots))
	}
	colours := map[string]string{}
	for _, scheme := range roots { // the dark one replaces the light one's
		for _, v := range variable.FindAllStringSubmatch(scheme[1], -1) {
			colours[v[1]] = v[2]
		}
		bubbles := []string{"phone-in", "phone-out", "agent-in", "agent-out"}
		for text, grounds := range map[string][]string{
			"ink": append(bubbles, "card", "ground"), "soft": append(bubbles, "card", "ground", "phone-ground"), "bad": append(bubbles, "bad-ground"),
			"warn": {"warn-ground", "card"}, "accent": {"card", "ground", "phone-in"}, "on-accent": {"accent"},
		} {
			for _, ground := range grounds {
				a, b := luminance(t, colours[text]), luminance(t, colours[ground])
				if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
					t.Errorf("%s %s on %s %s: %.2f, want 4.5", text, colours[text], ground, colours[ground], ratio)
				}
			}
		}
	}
}

// A list with a role of its own is no list to a screen reader, and what stands outside of landmarks is passed over.
func TestListsAndRegionsAreWhatTheyLookLike(t *testing.T) {
	t.Parallel()
	page := asset(t, "page.html")
	if bad := regexp.MustCompile(`<(ol|ul|li)[^>]* role=`).FindString(page); bad != "" {
		t.Errorf("%s...", bad)
	}
	for _, section := range regexp.MustCompile(`<section[^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(section, "aria-label") {
			t.Errorf("%s has no name", section)
		}
	}
}

// node runs a piece of the page's script that needs no page.
func node(t *testing.T, expression string) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no Node.js here")
	}
	script := asset(t, "steps.js") + "\nconsole.log(JSON.stringify(" + expression + "));"
	out, err := exec.CommandContext(t.Context(), "node", "--input-type=module", "--eval", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestTicksShowEveryStep(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{"accepted", "read", "sent"}, {"queued", "delivered", "sent"}, {"sent", "read", "delivered"}, {"delivered", "read", "read"},
		{"read", "read", "read"}, {"accepted", "failed", "failed"}, {"sent", "failed", "failed"}, {"failed", "delivered", "delivered"},
		{"queued", "accepted", "accepted"},
	} {
		if got := node(t, fmt.Sprintf("next(%q, %q)", test[0], test[1])); got != strconv.Quote(test[2]) {
			t.Errorf("after %s, when %s came: %s, want %s", test[0], test[1], got, test[2])
		}
	}
}

func TestARefusedTextIsInItsBoxAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, value, text string
		back              int
		want              string
	}{
		{"alone", "", "one", 0, `{"value":"one","back":3}`},
		{"another was written since", "two", "one", 0, `{"value":"one\ntwo","back":3}`},
		{"the second of two", "one", "two", 3, `{"value":"one\ntwo","back":7}`},
		{"the second of two, a third was written", "one\nthree", "two", 3, `{"value":"one\ntwo\nthree","back":7}`},
	} {
		if got := node(t, fmt.Sprintf("putBack(%q, %d, %q)", test.value, test.back, test.text)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
