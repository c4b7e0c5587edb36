package sms_test

import (
	"path/filepath"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/openapi"

	"github.com/bonychat/puente/services/egress/sms"
)

// The conversations of testdata are ClickSend's, by a declaration in place of its network; those of a folder are another
// provider's. Where the provider describes its API, that judges the requests.
func TestConversations(t *testing.T) {
	for dir, described := range map[string]bool{
		".": true, "twilio": true, "vonage": true, "telnyx": false, "plivo": false, "sinch": false, "infobip": false, "africastalking": false, "get": false,
	} {
		t.Run(dir, func(t *testing.T) {
			kit := providertest.Kit{Dir: filepath.Join("testdata", dir)}
			if described {
				kit.Oracle = openapi.Read(t, filepath.Join(kit.Dir, "openapi.json"), openapi.Options{Strict: true})
			}
			kit.Run(t, sms.Network)
		})
	}
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, sms.Network, "testdata") }
