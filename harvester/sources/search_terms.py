"""The words that the default queries of the searchable sources consist of."""

SEARCH_TERMS = (
    # the heart and its diseases
    "cardiac", "cardiology", "cardiologist", "cardiovascular", "cardiomyopathy", "cardiotoxicity", "cardiomegaly",
    "cardiothoracic", "cardiopulmonary", "cardiorespiratory", "cardiotocography", "heart", "heartbeat", "myocardial",
    "myocardium", "ventricular", "ventricle", "atrial", "coronary", "arrhythmia", "arrhythmic", "fibrillation",
    "tachycardia", "mitral", "aortic", "aorta",
    # vessels, blood and brain
    "artery", "arterial", "vascular", "vasculature", "vessel", "angiography", "angiogram", "carotid", "stenosis",
    "atherosclerosis", "aneurysm", "hemodynamics", "hemodynamic", "haemodynamics", "haemodynamic", "hypertension",
    "thrombosis", "thrombectomy", "embolism", "cerebrovascular", "stroke", "ischemia", "ischemic", "ischaemic",
    "blood pressure", "blood flow", "pulse wave", "intracranial hemorrhage",
    # signals and images
    "ECG", "EKG", "electrocardiogram", "electrocardiography", "electrocardiographic", "echocardiography",
    "echocardiogram", "echocardiographic", "photoplethysmography", "photoplethysmogram", "PPG", "rPPG",
    "phonocardiogram", "phonocardiography", "seismocardiography", "intravascular", "electrophysiology",
    "electrophysiological", "CCTA", "PTB-XL", "EchoNet", "ACDC",
)  # fmt: skip
"""The subject. Deliberately broad: the queries decide what can be found at all, the classifier what is in scope."""

COMPUTING_TERMS = (
    "artificial intelligence", "AI", "machine learning", "deep learning", "neural network", "neural networks",
    "convolutional", "CNN", "U-Net", "LSTM", "transformer", "transformers", "autoencoder", "autoencoders",
    "foundation model", "foundation models", "language model", "language models", "LLM", "LLMs", "GPT", "ChatGPT",
    "generative", "diffusion model", "diffusion models", "self-supervised", "unsupervised", "semi-supervised",
    "weakly supervised", "supervised learning", "contrastive learning", "representation learning",
    "transfer learning", "federated learning", "reinforcement learning", "multimodal learning", "ensemble learning",
    "random forest", "gradient boosting", "XGBoost", "support vector", "attention mechanism", "embeddings",
    "classifier", "classifiers", "segmentation", "computer vision", "computer-aided", "image computing",
    "natural language processing", "radiomics", "digital twin", "digital twins",
)  # fmt: skip
"""What a paper must mention besides, where most papers on the subject have nothing to do with computing.

"recurrent" is missing on purpose: strokes and arrhythmias are. Such networks are found by "neural network".
"""
