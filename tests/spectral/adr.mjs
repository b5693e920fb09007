// The technical rules of the NLGov REST API Design Rules 2.2 that a description shows, for Spectral:
// https://gitdocumentatie.logius.nl/publicatie/api/adr/2.2.0 (each is named as there). Loket is stricter in
// places: every property, not only those that are links, is in lowerCamelCase.
import functions from '@stoplight/spectral-functions';
import rulesets from '@stoplight/spectral-rulesets';

const { pattern, schema, truthy } = functions;
const ANSWERS = '$.paths[*][get,put,post,delete,patch].responses';
const SUCCESS = `${ANSWERS}[?(@property.match(/^[23]/))]`;
const ERROR = `${ANSWERS}[?(@property.match(/^[45]/))]`;
const CAMEL = '^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$';
const DATES = '$.components.schemas[*].properties[?(@property.match(/([a-z]D|^d|_d)(ate|atum)$/))]';

const rule = (given, then, message) => ({ given, then, message, severity: 'error' });
const matching = (field, match) => ({ field, function: pattern, functionOptions: { match } });
const like = (of, field) => ({ field, function: schema, functionOptions: { schema: of } });
const requires = (...names) => ({ type: 'object', required: names });

export default {
  extends: [[rulesets.oas, 'recommended']],
  rules: {
    'operation-description': 'off', // the summary says what it does
    'core/no-trailing-slash': rule('$.paths', { field: '@key', function: pattern, functionOptions: { notMatch: './$' } }, 'an address ends without a slash'),
    'core/path-segments-kebab-case': rule('$.paths', matching('@key', '^(/(openapi\\.json|[a-z0-9]+(-[a-z0-9]+)*|\\{[^}]+\\}))+$'), 'the parts of an address are in kebab-case'),
    'core/query-keys-camel-case': rule("$.paths[*][*].parameters[?(@.in=='query')]", matching('name', CAMEL), 'parameters are in lowerCamelCase'),
    'core/properties-camel-case': rule('$.components.schemas[*].properties', matching('@key', CAMEL), 'properties are in lowerCamelCase'),
    'core/http-methods': rule('$.paths[*]', matching('@key', '^(get|put|post|delete|patch|parameters|summary|description)$'), 'standard methods only'),
    'core/date-time/format': rule(DATES, like({ properties: { format: { const: 'date' } }, required: ['format'] }), 'what is called a date has the format date'),
    'core/date-time/local': rule('$.components.schemas[*].properties[*].format', { function: pattern, functionOptions: { notMatch: '^(time|date-time-local)$' } }, 'a moment has a zone (date-time), a time of the day has none (time-local)'),
    'core/error-handling/problem-details': rule(`${ERROR}.content`, like({ ...requires('application/problem+json'), maxProperties: 1 }), 'what is refused is a problem document'),
    'core/error-handling/problem-members': rule(`${ERROR}.content[*].schema`, like({ ...requires('properties', 'required'), properties: { properties: requires('status', 'title', 'detail'), required: { allOf: ['status', 'title', 'detail'].map((name) => ({ contains: { const: name } })) } } }), 'with status, title and detail'),
    'core/error-handling/invalid-input': rule(['$.paths[*][put,post,patch].responses', '$.paths[*][?(@property.match(/^(get|delete)$/) && @.parameters && @.parameters.length > 0)].responses'], { field: '400', function: truthy }, 'invalid input is answered with 400'),
    'core/error-handling/not-422-alone': rule('$.paths[*][*].responses', like({ if: { required: ['422'] }, then: { required: ['400'] } }), '422 is not for invalid input'),
    'core/doc-openapi': rule('$', matching('openapi', '^3\\.\\d+\\.\\d+$'), 'a document of OpenAPI 3'),
    'core/doc-openapi-contact': rule('$.info', like({ properties: { contact: requires('name', 'email', 'url') }, required: ['contact'] }), 'who to ask, with name, email and url'),
    'core/publish-openapi': rule('$.paths', like({ properties: { '/openapi.json': requires('get') }, required: ['/openapi.json'] }), 'the document is at /openapi.json'),
    'core/uri-version': rule('$.servers[*]', matching('url', '/v\\d+$'), 'the address holds the major version'),
    'core/semver': rule('$.info', matching('version', '^(0|[1-9]\\d*)(\\.(0|[1-9]\\d*)){2}$'), 'major.minor.patch'),
    'core/version-header': rule(SUCCESS, like({ properties: { headers: requires('API-Version') }, required: ['headers'] }), 'every answer says the version'),
    'core/transport/tls': rule('$.servers[*]', matching('url', '^https://'), 'https only'),
  },
};
