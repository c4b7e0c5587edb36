// Package openapi judges a network's requests by the vendor's OpenAPI description: an oracle for providertest.
//
//	func TestConversations(t *testing.T) {
//		api := openapi.Read(t, "testdata/openapi.json", openapi.Options{Strict: true})
//		providertest.Kit{Dir: "testdata", Oracle: api}.Run(t, Network)
//	}
//
// The description is committed, reduced to the operations that the network uses, with its source beside it:
//
//	//go:generate go run github.com/bonychat/puente/pkg/provider/providertest/openapi/reduce -in $LINE_SPECS/messaging-api.yml -out testdata/openapi.json -source https://github.com/line/line-openapi/blob/<commit>/messaging-api.yml -licence "Apache-2.0, LY Corporation" "POST /v2/bot/message/push" "GET /v2/bot/info"
//
// OpenAPI 3.0, 3.1 and Swagger 2.0 are read, in JSON or YAML. Three things that vendors write and validators get wrong
// are put right when a description is read:
//
//   - a base with a discriminator, which its children extend, stands for its children: {"type": "text"} alone is no
//     text message (LINE);
//   - allOf is merged, so that additionalProperties: false in one branch does not refuse what another names (WhatsApp);
//   - a pattern that Go cannot compile is left out.
//
// A description knows shapes, not behaviour, and some are loose or wrong: it is one judge beside the golden
// conversations, not in their place.
package openapi
