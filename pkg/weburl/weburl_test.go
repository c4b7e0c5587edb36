package weburl_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/bonychat/puente/pkg/weburl"
)

func TestNormal(t *testing.T) {
	for address, want := range map[string]string{
		"http://münchen.example/a.jpg":                       "http://xn--mnchen-3ya.example/a.jpg",
		"https://MÜNCHEN.example":                            "https://xn--mnchen-3ya.example",
		"https://пример.рф/файл.pdf":                         "https://xn--e1afmkfd.xn--p1ai/%D1%84%D0%B0%D0%B9%D0%BB.pdf",
		"https://faß.example/":                               "https://xn--fa-hia.example/",
		"https://files.example/100%.pdf":                     "https://files.example/100%25.pdf",
		"https://files.example/100%2.pdf":                    "https://files.example/100%252.pdf",
		"https://files.example/100%":                         "https://files.example/100%25",
		"https://files.example/a b.pdf ":                     "https://files.example/a%20b.pdf",
		`https://files.example/a[1]|b^{x}"'.pdf?x=a b&y=[1]`: "https://files.example/a%5B1%5D%7Cb%5E%7Bx%7D%22%27.pdf?x=a%20b&y=%5B1%5D",
		`https://files.example/a\b`:                          "https://files.example/a%5Cb",
		"https://files.example/a#b#c d":                      "https://files.example/a#b%23c%20d",
		"HTTPS://Files.Example/A":                            "https://files.example/A",
		"https://my_bucket.example/a":                        "https://my_bucket.example/a",
		"https://user:p%40ss@files.example:8443/a":           "https://user:p%40ss@files.example:8443/a",
		"http://[2001:DB8::1]:8080/a":                        "http://[2001:db8::1]:8080/a",
		"https://files.example?x=1":                          "https://files.example?x=1",
		// what is a URI stays as it is
		"https://files.example/it's(1)*.pdf;v=1?a=b+c&d=e,f:g@h!$'~":                                                              "https://files.example/it's(1)*.pdf;v=1?a=b+c&d=e,f:g@h!$'~",
		"https://files.example/f.pdf?X-Amz-Signature=a%2Fb%3D%3D&response-content-disposition=inline%3B%20filename%3D%22x.pdf%22": "https://files.example/f.pdf?X-Amz-Signature=a%2Fb%3D%3D&response-content-disposition=inline%3B%20filename%3D%22x.pdf%22",
		"https://files.example/a//b/../c/?":                                                                                       "https://files.example/a//b/../c/?",
	} {
		got, err := weburl.Normal(address)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", address, got, err, want)
		}
	}
}

func TestWhatIsNoAddress(t *testing.T) {
	for address, want := range map[string]error{
		"":                               weburl.ErrScheme,
		"files.example/a":                weburl.ErrScheme,
		"ftp://files.example/a":          weburl.ErrScheme,
		"data:image/png;base64,AAAA":     weburl.ErrScheme,
		"https:///a":                     weburl.ErrHost,
		"https://:443/a":                 weburl.ErrHost,
		"https://user@/a":                weburl.ErrHost,
		"https://files example/a":        weburl.ErrHostName,
		`https://evil.example\@good.ex/`: weburl.ErrHostName,
		"https://files.example:123456/":  weburl.ErrPort,
		"https://files.example:x/":       weburl.ErrPort,
		"https://files.example:/":        weburl.ErrPort,
		" https://files.example/a":       weburl.ErrScheme,
		"https://files.example/a\r\n":    weburl.ErrCharacter,
		"https://files.example/a\nb":     weburl.ErrCharacter,
		"https://files.example/\x00":     weburl.ErrCharacter,
		"https://files.example/\xff":     weburl.ErrCharacter,
		"https://[::1/":                  weburl.ErrHostName,
		"https://fi%6ces.example/":       weburl.ErrHostName,
		"https://a℀b.example/":           weburl.ErrHostName, // "a/c" in one sign: it would be another host's path
	} {
		if got, err := weburl.Normal(address); !errors.Is(err, want) {
			t.Errorf("%q: %q, %v; want %v", address, got, err, want)
		}
	}
}

// FuzzNormal: what comes out is a URI in ASCII, and stays as it is.
func FuzzNormal(f *testing.F) {
	f.Add("http://münchen.example/a b?x=[1]#y#z")
	f.Add("https://a:b@[::1]:80/%zz%41")
	f.Fuzz(func(t *testing.T, address string) {
		got, err := weburl.Normal(address)
		if err != nil {
			return
		}
		for i := range len(got) {
			if got[i] <= ' ' || got[i] >= 0x7f {
				t.Fatalf("%q holds byte %x", got, got[i])
			}
		}
		if again, err := weburl.Normal(got); err != nil || again != got {
			t.Fatalf("%q became %q, then %q, %v", address, got, again, err)
		}
		if u, err := url.Parse(got); err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
			t.Fatalf("%q: %v", got, err)
		}
	})
}
