package provider_test

import (
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
)

func TestAddressesOfAPIs(t *testing.T) {
	t.Parallel()
	for address, right := range map[string]bool{
		"": true, "https://api.example.com": true, "https://api.example.com/": true, "http://127.0.0.1:8081": true, "http://[::1]:1": true,
		"api.example.com": false, "ftp://api.example.com": false, "https://": false, "https://api.example.com/v1": false, "https://a.com?x=1": false,
		"https://a.com?": false, "https://a.com#x": false, "https://user:secret@a.com": false, "https://a.com:x": false,
	} {
		err := provider.CheckAddress("api", address, "https://api.toy.example")
		if (err == nil) != right {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && !strings.HasSuffix(err.Error(), "such as https://api.toy.example") {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "api: ") || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%q: %v", address, err)
		}
	}
}
