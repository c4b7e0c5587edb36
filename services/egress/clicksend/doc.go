// Package clicksend is the ClickSend network: SMS by ClickSend's REST API, version 3.
//
// It reads what ClickSend's rules push to a webhook, in each of their three forms, or asks for it where the bridge has no
// public address ([Poll]); it sends texts, fetches the pictures of an MMS, and makes the rules that both ways need. A
// contact is a phone number in international form.
//
// It is not its job to send MMS: pictures, places and quick replies reach the contact as text.
//
//	runtime.Main(clicksend.Network)
package clicksend
