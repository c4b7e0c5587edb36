// Package words has every text of the sandbox's page, in each of its languages.
package words

import "github.com/bonychat/puente/pkg/terms"

// text is one text in each language.
type text struct{ en, es string }

// catalog holds every text of the page. The names are those that the template and the script use.
var catalog = map[string]text{
	"title":        {"Puente sandbox", "Puente: pruebas"},
	"tagline":      {"A phone and BonyChat, joined by the gateway on this machine", "Un teléfono y BonyChat, unidos por la pasarela de este equipo"},
	"channel":      {"Channel", "Canal"},
	"contact":      {"Contact", "Contacto"},
	"open":         {"Open", "Abrir"},
	"live":         {"Live", "En directo"},
	"reconnecting": {"Reconnecting…", "Reconectando…"},
	"side":         {"Which side to show", "Qué lado mostrar"},
	"phone":        {"Phone", "Teléfono"},
	"agent":        {"BonyChat", "BonyChat"},
	"phone_region": {"The contact's phone", "El teléfono del contacto"},
	"agent_region": {"The agent's inbox", "La bandeja del agente"},
	"online":       {"on the phone network", "en la red telefónica"},
	"no_phone":     {"This channel's contacts are on another network:", "Los contactos de este canal están en otra red:"},
	"site":         {"The live chat of a website", "El chat de una web"},
	"inbox":        {"Conversations", "Conversaciones"},
	"no_inbox":     {"None yet", "Ninguna todavía"},
	"empty_phone":  {"Nothing here yet. Write as the contact.", "Todavía no hay nada. Escribe como el contacto."},
	"empty_agent":  {"Nothing here yet. Answer as the agent, or write from the phone.", "Todavía no hay nada. Responde como agente o escribe desde el teléfono."},
	"only_agent":   {"Nothing here yet. Answer as the agent once a contact has written.", "Todavía no hay nada. Responde como agente cuando haya escrito un contacto."},
	"write_phone":  {"Message from the phone", "Mensaje desde el teléfono"},
	"write_agent":  {"Message from BonyChat", "Mensaje desde BonyChat"},
	"placeholder":  {"Write a message", "Escribe un mensaje"},
	"send":         {"Send", "Enviar"},
	"more":         {"Attachment, location or quick replies", "Adjunto, ubicación o respuestas rápidas"},
	"script":       {"This page needs JavaScript.", "Esta página necesita JavaScript."},

	"attachment":     {"Attachment", "Adjunto"},
	"location":       {"Location", "Ubicación"},
	"quick_reply":    {"Quick replies", "Respuestas rápidas"},
	"from_phone":     {"Send from the phone", "Enviar desde el teléfono"},
	"from_agent":     {"Send from BonyChat", "Enviar desde BonyChat"},
	"kind":           {"Kind of message", "Tipo de mensaje"},
	"samples":        {"Samples", "Ejemplos"},
	"type":           {"Type", "Tipo"},
	"image":          {"Image", "Imagen"},
	"video":          {"Video", "Vídeo"},
	"audio":          {"Audio", "Audio"},
	"file":           {"File", "Archivo"},
	"url":            {"Public link (https://…)", "Enlace público (https://…)"},
	"file_name":      {"File name", "Nombre del archivo"},
	"description":    {"Description (images)", "Descripción (imágenes)"},
	"latitude":       {"Latitude", "Latitud"},
	"longitude":      {"Longitude", "Longitud"},
	"address":        {"Address", "Dirección"},
	"question":       {"Question", "Pregunta"},
	"replies":        {"Answers, one a line", "Respuestas, una por línea"},
	"cancel":         {"Cancel", "Cancelar"},
	"sample_address": {"Puerta del Sol, Madrid", "Puerta del Sol, Madrid"},
	"sample_title":   {"Does Tuesday suit you?", "¿Te viene bien el martes?"},
	"sample_replies": {"Yes\nNo\nAnother day", "Sí\nNo\nOtro día"},

	"queued":    {"waiting for the gateway", "esperando a la pasarela"},
	"accepted":  {"accepted", "aceptado"},
	"sent":      {"sent", "enviado"},
	"delivered": {"delivered", "entregado"},
	"read":      {"read", "leído"},
	"failed":    {"failed", "fallido"},
	"refused":   {"Not sent", "No enviado"},
	"echo":      {"sent outside BonyChat", "enviado fuera de BonyChat"},
	"open_map":  {"Open the map", "Abrir el mapa"},
	"copy_mid":  {"Copy mId", "Copiar el mId"},
	"copied":    {"copied", "copiado"},
	"offline":   {"The sandbox does not answer", "El entorno de pruebas no responde"},

	"warning":        {"Warning", "Aviso"},
	"warn_unknown":   {"Receipt for an unknown mId", "Acuse de un mId desconocido"},
	"warn_doubled":   {"Came again with the same mId", "Ha llegado otra vez con el mismo mId"},
	"warn_changed":   {"Came again with the same mId and another content", "Ha llegado otra vez con el mismo mId y otro contenido"},
	"warn_backwards": {"Receipt that goes backwards", "Acuse que retrocede"},
	"warn_repeated":  {"Receipt came again", "Acuse repetido"},
	"warn_early":     {"Receipt that came before the answer with the mId", "Acuse que llegó antes que la respuesta con el mId"},
	"warn_foreign":   {"Receipt for a message that the contact wrote", "Acuse de un mensaje que escribió el contacto"},
	"warn_echo":      {"Came back as an echo, though BonyChat sent it", "Ha vuelto como eco, aunque lo envió BonyChat"},
	"warn_taken":     {"The gateway took what the contract forbids", "La pasarela aceptó lo que el contrato prohíbe"},
	"warn_answer":    {"The gateway's answer breaks the contract", "La respuesta de la pasarela incumple el contrato"},
	"warn_rejected":  {"BonyChat rejected a call", "BonyChat ha rechazado una llamada"},

	"tools":        {"Failures and commands", "Fallos y comandos"},
	"faults":       {"Make the phone network fail", "Hacer fallar la red telefónica"},
	"faults_help":  {"Each button spoils the next message to this contact. The gateway has to bring it there all the same, or say why it cannot.", "Cada botón estropea el siguiente mensaje a este contacto. La pasarela tiene que hacerlo llegar igualmente o decir por qué no puede."},
	"too_many":     {"429, wait 6 s", "429, esperar 6 s"},
	"broken":       {"503", "503"},
	"lost_before":  {"Connection lost", "Conexión perdida"},
	"lost_after":   {"Answer lost", "Respuesta perdida"},
	"undelivered":  {"Not delivered", "No entregado"},
	"unreachable":  {"Refused", "Rechazado"},
	"mend":         {"Mend everything", "Arreglar todo"},
	"faults_on":    {"Failures to come:", "Fallos pendientes:"},
	"idempotency":  {"Drops repeats by their key", "Descarta repeticiones por su clave"},
	"receipts":     {"Sends receipts", "Envía acuses"},
	"curl":         {"Try it with curl", "Pruébalo con curl"},
	"curl_gateway": {"As BonyChat, straight to the gateway", "Como BonyChat, directamente a la pasarela"},
	"curl_agent":   {"As the agent of this page", "Como el agente de esta página"},
	"curl_phone":   {"As the contact's phone", "Como el teléfono del contacto"},
	"curl_list":    {"What the phone shows", "Lo que muestra el teléfono"},
	"settings":     {"The channel's settings", "Los datos del canal"},
	"bridge":       {"The bridge: the latest message's way", "El puente: el camino del último mensaje"},
	"bridge_help":  {"Write on the phone or as the agent: each hop is shown here as it happens, and what a message waits for.", "Escribe en el teléfono o como agente: aquí se ve cada paso según ocurre, y a qué espera un mensaje."},
	"console":      {"Open the operators' console", "Abrir la consola de operadores"},
	"onward":       {"Onward: your first real channel", "Siguiente paso: tu primer canal real"},
	"onward_help":  {"Choose a network (puente networks lists them), fill in its fields, check the file, and run it:", "Elige una red (puente networks las enumera), rellena sus campos, comprueba el fichero y ponlo en marcha:"},
	"hello":        {"Hello from BonyChat", "Hola desde BonyChat"},
	"hello_phone":  {"Hello from the phone", "Hola desde el teléfono"},
}

// In are all texts in one language, by the names that the template and the script use. The caller may change the map.
func In(l terms.Language) map[string]string {
	out := make(map[string]string, len(catalog))
	for name, w := range catalog {
		out[name] = w.en
		if l == terms.Spanish {
			out[name] = w.es
		}
	}
	return out
}
