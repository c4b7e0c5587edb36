package console_test

import (
	"bytes"
	"compress/gzip"
	"regexp"
	"slices"
	"testing"
)

// mostPacked is how large a page may be with what it loads, compressed, in bytes.
const mostPacked = 150_000

// packed is how large a text is when it is compressed.
func packed(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// A page with all that it loads is small.
func TestPagesAreSmall(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	loads := regexp.MustCompile(`(?:href|src)="/console/(assets/[^"#]+)`)
	for _, test := range shown {
		_, body, _ := b.get(test.path)
		size, assets := packed(t, body), []string{}
		for _, found := range loads.FindAllStringSubmatch(body, -1) {
			if !slices.Contains(assets, found[1]) {
				assets = append(assets, found[1])
			}
		}
		for _, path := range assets {
			_, data, _ := b.get(path)
			size += packed(t, data)
		}
		if size > mostPacked || len(assets) < 4 {
			t.Errorf("%s: %d bytes with %v", test.path, size, assets)
		}
	}
}
