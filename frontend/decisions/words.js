// The words of dmn-js in Dutch. What is not here, is not shown.
export const WORDS = {
  'Add input': 'Invoerkolom toevoegen', 'Add output': 'Uitkomstkolom toevoegen', 'Add rule': 'Regel toevoegen', 'Add rule above': 'Regel erboven toevoegen', 'Add rule below': 'Regel eronder toevoegen',
  'Add input column': 'Invoerkolom toevoegen', 'Add output column': 'Uitkomstkolom toevoegen',
  'Add input column left': 'Invoerkolom links toevoegen', 'Add input column right': 'Invoerkolom rechts toevoegen',
  'Add output column left': 'Uitkomstkolom links toevoegen', 'Add output column right': 'Uitkomstkolom rechts toevoegen',
  'Add above': 'Erboven toevoegen', 'Add below': 'Eronder toevoegen', 'Add left': 'Links toevoegen', 'Add right': 'Rechts toevoegen', 'Add cell description': 'Toelichting bij de cel', 'Add description': 'Toelichting toevoegen', 'Add': 'Toevoegen',
  'Remove': 'Verwijderen', 'Remove rule': 'Regel verwijderen', 'Remove input column': 'Invoerkolom verwijderen', 'Remove output column': 'Uitkomstkolom verwijderen', 'Remove cell description': 'Toelichting verwijderen',
  'Copy': 'Kopiëren', 'Copy rule': 'Regel kopiëren', 'Copy input column': 'Invoerkolom kopiëren', 'Copy output column': 'Uitkomstkolom kopiëren',
  'Cut': 'Knippen', 'Cut rule': 'Regel knippen', 'Cut input column': 'Invoerkolom knippen', 'Cut output column': 'Uitkomstkolom knippen',
  'Paste rule above': 'Regel erboven plakken', 'Paste rule below': 'Regel eronder plakken',
  'Paste input column left': 'Invoerkolom links plakken', 'Paste input column right': 'Invoerkolom rechts plakken',
  'Paste output column left': 'Uitkomstkolom links plakken', 'Paste output column right': 'Uitkomstkolom rechts plakken',
  'Move rule': 'Regel verplaatsen', 'Resize': 'Breedte wijzigen', 'Annotations': 'Toelichting',
  'When': 'Als', 'Then': 'Dan', 'And': 'En', 'Input': 'Invoer', 'Output': 'Uitkomst', 'Edit': 'Wijzigen', 'Edit input': 'Invoer wijzigen', 'Edit output': 'Uitkomst wijzigen',
  'Input label': 'Naam van de invoer', 'Input label: ': 'Naam van de invoer: ', 'Input expression': 'Gegeven', 'Input expression: ': 'Gegeven: ', 'Input type': 'Soort invoer', 'Input values': 'Mogelijke waarden',
  'Output label': 'Naam van de uitkomst', 'Output label: ': 'Naam van de uitkomst: ', 'Output name': 'Gegeven', 'Output name: ': 'Gegeven: ', 'Output type': 'Soort uitkomst', 'Output values': 'Mogelijke waarden',
  'Expression': 'Gegeven', 'Enter expression': 'Vul een gegeven in', 'Expression language': 'Taal', 'Change cell expression language': 'Taal wijzigen', 'Editing not supported for set expression language': 'Deze taal kan hier niet',
  'Type': 'Soort', 'Test type': 'Soort vergelijking', 'Predefined values': 'Vaste waarden', 'Clear predefined values': 'Vaste waarden wissen', 'Custom values': 'Andere waarden', 'Add predefined values': 'Vaste waarden toevoegen',
  'Add values': 'Waarden toevoegen', 'No values': 'Geen waarden', 'Values': 'Waarden', 'Value': 'Waarde', 'Set value': 'Waarde', 'String value': 'Tekst', 'Boolean value': 'Ja of nee', 'Match one': 'Een van deze', 'Match none': 'Geen van deze',
  '"value", "value", ...': '"waarde", "waarde", …', 'Strings must be in double quotes': 'Zet tekst tussen dubbele aanhalingstekens',
  'Edit string': 'Tekst kiezen', 'Edit number': 'Getal kiezen', 'Edit boolean': 'Ja of nee kiezen', 'Yes': 'Ja', 'No': 'Nee',
  'Comparison': 'Vergelijking', 'Comparison operator': 'Vergelijking', 'Equals': 'Is', 'Less': 'Minder dan', 'Less or equals': 'Hooguit', 'Greater': 'Meer dan', 'Greater or equals': 'Ten minste',
  'Range': 'Bereik', 'Start value': 'Van', 'End value': 'Tot', 'Include': 'Tot en met', 'Exclude': 'Zonder', 'Range start value': 'Begin van het bereik', 'Range start operator': 'Telt het begin mee', 'Range end value': 'Einde van het bereik', 'Range end operator': 'Telt het einde mee',
  'Hit policy': 'Welke regel telt', 'Hit policy:': 'Welke regel telt:', 'Aggregation': 'Samen nemen', 'Decision name': 'Naam van de tabel', 'Decision name: ': 'Naam van de tabel: ', 'Decision id': 'Id van de tabel',
  'View DRD': 'Overzicht', 'string': 'tekst', 'number': 'getal', 'boolean': 'ja of nee',
  'date': 'datum', 'time': 'tijd', 'dateTime': 'datum en tijd', 'dayTimeDuration': 'duur in dagen', 'yearMonthDuration': 'duur in maanden', 'Any': 'van alles',
  '"value"': '"waarde"', 'Exactly': 'Precies', 'Before': 'Vóór', 'After': 'Na', 'Between': 'Tussen', 'Use today': 'Vandaag', 'Use now': 'Nu', 'Annotation': 'Toelichting',
  'Date': 'Datum', 'Date value': 'Datum', 'Set date': 'Datum kiezen', 'Edit date': 'Datum kiezen', 'Start date': 'Van', 'End date': 'Tot en met', 'Edit start date': 'Begindatum', 'Edit end date': 'Einddatum',
  'Time': 'Tijd', 'Time value': 'Tijd', 'Set time': 'Tijd kiezen', 'Edit time': 'Tijd kiezen', 'Start time': 'Van', 'End time': 'Tot en met', 'Edit start time': 'Begintijd', 'Edit end time': 'Eindtijd',
  'Date and time': 'Datum en tijd', 'Date and time value': 'Datum en tijd', 'Set date and time': 'Datum en tijd kiezen', 'Edit date and time': 'Datum en tijd kiezen',
  'Start date and time': 'Van', 'End date and time': 'Tot en met', 'Edit start date and time': 'Begin, datum en tijd', 'Edit end date and time': 'Einde, datum en tijd',
  'Duration value': 'Duur', 'Set duration': 'Duur kiezen', 'Edit duration': 'Duur kiezen',
  'Activate hand tool': 'Schuiven', 'Activate lasso tool': 'Meer onderdelen kiezen', 'Align elements': 'Uitlijnen', 'Add text annotation': 'Notitie toevoegen', 'Change type': 'Soort wijzigen', 'Connect to other element': 'Verbinden met een ander onderdeel', 'Delete': 'Verwijderen',
  'Append decision': 'Beslissing toevoegen', 'Append input data': 'Invoer toevoegen', 'Append knowledge source': 'Bron toevoegen', 'Append business knowledge model': 'Rekenregel toevoegen',
  'Create decision': 'Beslissing', 'Create input data': 'Invoer', 'Create knowledge source': 'Bron', 'Create knowledge model': 'Rekenregel',
  'Decision table': 'Beslistabel', 'Literal expression': 'Expressie', 'Literal Expression': 'Expressie', 'Literal expression editor': 'Expressie', 'Empty': 'Leeg', 'Open decision table': 'Beslistabel openen', 'Open literal expression': 'Expressie openen', 'Open {element}': '{element} openen',
  'Definition name': 'Naam van het bestand', 'Definition ID': 'Id van het bestand', 'Element name': 'Naam', 'Search in diagram': 'Zoeken in het diagram',
  'Variable name': 'Naam van de uitkomst', 'Variable name:': 'Naam van de uitkomst:', 'Variable type': 'Soort uitkomst', 'Variable type:': 'Soort uitkomst:',
  'Expression language:': 'Taal:', 'Expression language: {expressionLanguageLabel}': 'Taal: {expressionLanguageLabel}',
  'Add parameter': 'Gegeven toevoegen', 'Remove parameter': 'Gegeven weghalen', 'Edit formal parameters': 'Gegevens wijzigen', 'Edit function kind': 'Taal wijzigen', 'Function kind: {kind}': 'Taal: {kind}', 'Kind': 'Taal', 'name': 'naam',
  'e.g. { sample }': 'bijvoorbeeld { sample }', 'e.g. { example } ': 'bijvoorbeeld { example } ',
};

// What dmn-js says without asking for a translation: the bundle is made with these in its place.
export const FIXED = {
  'Result': 'Uitkomst', 'Result type': 'Soort uitkomst', 'Name': 'Naam', 'Type': 'Soort', 'Value': 'Waarde', 'Expression of type ': 'Een uitdrukking van de soort ', ' is not supported.': ' kan hier niet.', 'Remove item': 'Weghalen', 'Decision table context menu': 'Menu van de tabel',
  'Date must match pattern yyyy-MM-dd': 'Schrijf de datum als 2027-03-01', 'Time must match pattern hh:mm:ss[time zone]': 'Schrijf de tijd als 09:30:00', 'Date and time must match pattern yyyy-MM-ddTHH:mm:ss[time zone]': 'Schrijf datum en tijd als 2027-03-01T09:30:00',
};

// The hit policies that Loket runs, and what they do.
export const POLICIES = new Map([
  ['UNIQUE', ['Precies één', 'Er past hooguit één regel. Passen er meer, dan is dat een fout.']],
  ['FIRST', ['De eerste', 'De eerste regel die past, telt.']],
  ['ANY', ['Een van de regels', 'Passen er meer regels, dan moeten zij dezelfde uitkomst hebben.']],
  ['PRIORITY', ['De belangrijkste', 'De belangrijkste uitkomst telt: de eerste bij de waarden van de kolom.']],
  ['RULE ORDER', ['Alle, op volgorde', 'Alle regels die passen, in de volgorde van de tabel.']],
  ['OUTPUT ORDER', ['Alle, op belang', 'Alle regels die passen, de belangrijkste uitkomst het eerst.']],
  ['COLLECT', ['Alle', 'Alle regels die passen.']],
  ['COLLECT SUM', ['Alle, opgeteld', 'De uitkomsten van alle regels die passen, opgeteld.']],
  ['COLLECT MIN', ['Alle, de laagste', 'De laagste uitkomst van de regels die passen.']],
  ['COLLECT MAX', ['Alle, de hoogste', 'De hoogste uitkomst van de regels die passen.']],
  ['COLLECT COUNT', ['Alle, geteld', 'Hoeveel regels er passen.']],
]);

export function dutch(text, replacements = {}) {
  return (WORDS[text] ?? text).replace(/\{\s*(\w+)\s*\}/g, (whole, name) => replacements[name] ?? whole);
}
