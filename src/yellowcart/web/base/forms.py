"""Django's forms in our clothes: ``{{ form }}`` and ``{{ field.as_field_group }}``."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Set as ``FORM_RENDERER``; the templates are in ``templates/base/forms``."""

    form_template_name = "base/forms/form.html"
    field_template_name = "base/forms/field.html"
